/**
 * Messages between the runtime and one worker process, over the IPC channel of `child_process.fork`. A worker begins to
 * load its function as soon as it starts, answers `ready` or `initError`, and then serves one `invoke` at a time.
 */

/** Runtime → worker: run the handler once. */
export interface InvokeMessage {
  readonly type: 'invoke';
  readonly requestId: string;
  /** The event as JSON text. */
  readonly payload: string;
  /** Epoch milliseconds at which the runtime kills the worker; `context.getRemainingTimeInMillis()` counts down to it. */
  readonly deadlineMs: number;
  readonly invokedFunctionArn: string;
  /** Value of `_X_AMZN_TRACE_ID` for this invocation. */
  readonly traceHeader: string;
  /** Ends the output of this invocation on stdout and stderr; see {@link outputMark}. */
  readonly outputToken: string;
}

/** The error document that Lambda returns as payload when a function fails. */
export interface FunctionErrorPayload {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** Worker → runtime. */
export type WorkerMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'initError'; readonly error: FunctionErrorPayload }
  /** Sent just before the handler is called: a worker that dies earlier has not begun, so another may take over. */
  | { readonly type: 'started'; readonly requestId: string }
  | {
      readonly type: 'result';
      readonly requestId: string;
      readonly payload: string;
      readonly rssBytes: number;
    }
  | {
      readonly type: 'failure';
      readonly requestId: string;
      readonly error: FunctionErrorPayload;
      readonly rssBytes: number;
      /** The worker exits after this message (uncaught exception or rejection). */
      readonly fatal: boolean;
    };

/**
 * What a worker writes to stdout and stderr at the end of an invocation. Pipes and IPC are not ordered with each other, so
 * the runtime waits for this mark on both streams before it closes the invocation's log. NUL bytes keep it apart from text.
 */
export function outputMark(token: string): string {
  return `\u0000end:${token}\u0000\n`;
}
