/** Stable codes of what keeps the runtime from starting or going on. */
export type RuntimeErrorCode =
  | 'port_in_use'
  | 'engine_missing'
  | 'engine_failed'
  | 'data_directory_in_use'
  | 'data_directory_version'
  | 'data_directory_damaged'
  | 'state_mismatch'
  | 'assembly_incomplete'
  | 'workspace_unreadable'
  | 'dashboard_unreadable'
  | 'not_running';

/** The runtime cannot run. The message is one sentence for its user, with the remedy. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';

  constructor(
    readonly code: RuntimeErrorCode,
    message: string,
    options?: { readonly cause: unknown },
  ) {
    super(message, options);
  }
}

/** The text of anything thrown. */
export function reasonOf(error: unknown): string {
  return hasMember(error, 'message') && typeof error.message === 'string' ? error.message : String(error);
}

/** The `code` of a Node.js system error such as `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  return hasMember(error, 'code') && typeof error.code === 'string' ? error.code : undefined;
}

/** By member rather than by class: an error may come from another realm, such as a VM context. */
function hasMember<Name extends string>(value: unknown, name: Name): value is Record<Name, unknown> {
  return typeof value === 'object' && value !== null && name in value;
}
