import type { ClientRuntime } from '../runtime.js';

/** A runtime whose clock stands still but for its sleeps, which end at once, and whose timers fire only when told. */
export interface ManualRuntime extends ClientRuntime {
  /** Every sleep's length in milliseconds. */
  slept: number[];
  /** Fires every timer that is not cancelled, or those started with exactly this duration. */
  fireTimers(durationMs?: number): void;
  /** Moves the clock without firing anything. */
  advanceClock(durationMs: number): void;
}

export function createManualRuntime({ nowMs = 0, random = 0.5 } = {}): ManualRuntime {
  const slept: number[] = [];
  const timers = new Set<{ durationMs: number; callback: () => void }>();
  let currentMs = nowMs;
  return {
    slept,
    clock: () => currentMs,
    random: () => random,
    sleep: (durationMs, signal) => {
      slept.push(durationMs);
      currentMs += durationMs;
      signal?.throwIfAborted();
      return Promise.resolve();
    },
    startTimer: (durationMs, callback) => {
      const timer = { durationMs, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    fireTimers: (durationMs) => {
      const due = [...timers].filter((timer) => durationMs === undefined || timer.durationMs === durationMs);
      for (const timer of due) {
        timers.delete(timer);
        timer.callback();
      }
    },
    advanceClock: (durationMs) => {
      currentMs += durationMs;
    },
  };
}
