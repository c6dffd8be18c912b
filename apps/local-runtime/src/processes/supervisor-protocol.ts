/** What the supervisor program tells the runtime over IPC. */
export type SupervisorMessage =
  { readonly kind: 'spawned'; readonly pid: number } | { readonly kind: 'failed'; readonly reason: string };

/** What the runtime tells the supervisor program: end the program with SIGTERM, and after `graceMs` with SIGKILL. */
export interface SupervisorRequest {
  readonly kind: 'stop';
  readonly graceMs: number;
}
