/**
 * What a client takes from its surroundings. The default is the platform's; tests pass their own, so that no test depends
 * on the wall clock or on chance.
 */
export interface ClientRuntime {
  /** Now, in epoch milliseconds. */
  clock(): number;
  /** A number in [0, 1). */
  random(): number;
  /** Resolves after `durationMs`, or rejects with the signal's reason as soon as it is aborted. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
  /** Calls `callback` once after `durationMs`; the returned function cancels that. */
  startTimer(durationMs: number, callback: () => void): () => void;
}

/** The longest delay that timers take (a signed 32-bit integer); a longer one would fire at once. */
const TIMER_MAX_MS = 2 ** 31 - 1;

function startTimer(durationMs: number, callback: () => void): () => void {
  const timer = setTimeout(callback, Math.min(Math.max(durationMs, 0), TIMER_MAX_MS));
  return () => clearTimeout(timer);
}

function sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const abandon = (): void => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = startTimer(durationMs, () => {
      signal?.removeEventListener('abort', abandon);
      resolve();
    });
    signal?.addEventListener('abort', abandon, { once: true });
  });
}

/** The platform's clock, chance and timers. */
export const systemRuntime: ClientRuntime = {
  clock: () => Date.now(),
  random: () => Math.random(),
  sleep,
  startTimer,
};
