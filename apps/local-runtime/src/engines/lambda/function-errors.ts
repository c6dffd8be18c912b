import type { InitOutcome } from './worker-process.js';
import type { FunctionErrorPayload } from './worker-protocol.js';

/**
 * The error documents that the Lambda service itself writes, when the function could not.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
 * https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html
 */

/** The function ran longer than its timeout. */
export function timedOutError(requestId: string, timeoutSeconds: number): FunctionErrorPayload {
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
  };
}

/** How a worker process ended: an exit status or a signal name such as `SIGKILL`. */
export interface WorkerExit {
  readonly code: number | null;
  readonly signal: string | null;
}

const signalWords: Readonly<Record<string, string>> = {
  SIGKILL: 'killed',
  SIGABRT: 'aborted',
  SIGTERM: 'terminated',
  SIGSEGV: 'segmentation fault',
};

/** The process ended before it answered. */
export function exitedError(requestId: string, exit: WorkerExit): FunctionErrorPayload {
  return {
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId} Error: ${exitReason(exit)}`,
  };
}

/** The function could not be loaded, when no invocation waited for it. */
export function initError(outcome: Exclude<InitOutcome, { kind: 'ready' }>): FunctionErrorPayload {
  switch (outcome.kind) {
    case 'error':
      return outcome.error;
    case 'exited':
      return { errorType: 'Runtime.ExitError', errorMessage: exitReason(outcome.exit) };
    case 'timedOut':
      return { errorType: 'Sandbox.Timedout', errorMessage: 'Loading the function took too long' };
  }
}

function exitReason(exit: WorkerExit): string {
  if (exit.signal !== null) {
    return `Runtime exited with error: signal: ${signalWords[exit.signal] ?? exit.signal.toLowerCase()}`;
  }
  if (exit.code === 0) return 'Runtime exited without providing a reason';
  return `Runtime exited with error: exit status ${exit.code ?? 'unknown'}`;
}

/** The answer is longer than a synchronous invocation may return. */
export function responseTooLargeError(): FunctionErrorPayload {
  return {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
  };
}
