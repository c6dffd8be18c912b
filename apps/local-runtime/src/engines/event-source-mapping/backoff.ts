export interface BackoffLimits {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Exponential, with half of the delay at random so that retries of several lanes spread out. `attempt` counts from 0. */
export function backoffMs(attempt: number, limits: BackoffLimits, random: () => number): number {
  const full = Math.min(limits.maxMs, limits.firstMs * 2 ** Math.min(attempt, 30));
  return full / 2 + (full / 2) * random();
}
