import { fstatSync } from 'node:fs';

/** How long a program runs. */
export interface Lifetime {
  /** Aborted when the program is to stop. */
  signal: AbortSignal;
  /** Listens no longer, so that the process can end by itself. */
  release(): void;
}

/**
 * Ends with SIGINT, SIGTERM, or the parent: when its IPC channel closes, or, without one, when the pipe that is standard input
 * does. Standard input that is a terminal, a file or `/dev/null` says nothing about a parent.
 */
export function startLifetime(program: NodeJS.Process): Lifetime {
  const controller = new AbortController();
  const stop = (reason: string) => (): void => controller.abort(new Error(`Stopped by ${reason}`));
  const onInterrupt = stop('SIGINT');
  const onTerminate = stop('SIGTERM');
  const onParentGone = stop('the end of its parent');
  program.once('SIGINT', onInterrupt);
  program.once('SIGTERM', onTerminate);
  program.once('disconnect', onParentGone);
  // Listening for the channel's end is no reason to stay alive.
  program.channel?.unref();
  const watchesInput = !program.connected && isPipe(0);
  if (watchesInput) {
    program.stdin.once('end', onParentGone).once('close', onParentGone).once('error', onParentGone);
    program.stdin.resume();
  }
  return {
    signal: controller.signal,
    release: () => {
      program.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate).off('disconnect', onParentGone);
      if (!watchesInput) return;
      program.stdin.off('end', onParentGone).off('close', onParentGone).off('error', onParentGone);
      program.stdin.destroy();
    },
  };
}

function isPipe(fileDescriptor: number): boolean {
  try {
    const status = fstatSync(fileDescriptor);
    return status.isFIFO() || status.isSocket();
  } catch {
    // A closed descriptor is no pipe from a parent.
    return false;
  }
}
