/** An error of the file system or the network. */
export interface SystemError {
  syscall: string;
  message: string;
}

/** By its shape, not its class: it may come from another realm. */
export function isSystemError(error: unknown): error is SystemError {
  return typeof error === 'object' && error !== null && 'syscall' in error && 'message' in error;
}
