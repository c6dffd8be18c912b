/** What a poll is asked to do; `signal` is aborted when its result is of no use any more. */
export type PollTask = (signal: AbortSignal) => Promise<void>;

/**
 * Runs a task at once and then again and again, never twice at a time, and not while the page is hidden. A task that takes
 * long is run less often, so that it is idle most of the time.
 *
 * @param task handles its own failures
 */
export function poll(task: PollTask, intervalMs: number, signal: AbortSignal): void {
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const beganMs = performance.now();
      if (!document.hidden) await task(signal);
      await pause(Math.max(intervalMs, 4 * (performance.now() - beganMs)), signal);
    }
  };
  void run();
}

/** Ends early when the signal is aborted or the page comes into sight again. */
function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      document.removeEventListener('visibilitychange', over);
      resolve();
    };
    const timer = setTimeout(over, durationMs);
    signal.addEventListener('abort', over);
    document.addEventListener('visibilitychange', over);
  });
}
