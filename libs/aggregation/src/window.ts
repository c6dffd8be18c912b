/** The resolutions that queries offer. A month is a rollup level of its own (see {@link monthAt}), as its length varies. */
export type Resolution = '1m' | '10m' | '1h' | '1d';

/** A half-open UTC interval `[startMs, endMs)` in milliseconds since 1970-01-01T00:00:00Z. */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

/** The length of a window of each resolution in milliseconds. UTC has no daylight saving, so a day is always 24 hours. */
export const RESOLUTION_MS: Readonly<Record<Resolution, number>> = {
  '1m': 60_000,
  '10m': 600_000,
  '1h': 3_600_000,
  '1d': 86_400_000,
};

/** The block lengths that divide an hour evenly, in minutes: an hour must consist of whole blocks. */
export const BLOCK_MINUTES_ALLOWED: readonly number[] = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60];

/** The last instant that a JavaScript date can name, in milliseconds (ECMA-262, time values). */
const TIMESTAMP_MS_MAX = 8.64e15;

/**
 * The window of `lengthMs` that holds `timestampMs`, where windows are laid end to end from the UTC epoch.
 *
 * `windowAt(600_000, Date.UTC(2026, 0, 1, 12, 34))` is 12:30 to 12:40.
 *
 * @param lengthMs a positive whole number of milliseconds
 * @param timestampMs a whole number of milliseconds since the epoch, before or after it
 * @throws RangeError when either is not as described
 */
export function windowAt(lengthMs: number, timestampMs: number): Window {
  if (!Number.isSafeInteger(lengthMs) || lengthMs <= 0) {
    throw new RangeError(`lengthMs must be a positive whole number of milliseconds, not ${lengthMs}`);
  }
  requireTimestamp(timestampMs);
  const startMs = Math.floor(timestampMs / lengthMs) * lengthMs;
  return { startMs, endMs: startMs + lengthMs };
}

/**
 * The UTC calendar month that holds `timestampMs`.
 *
 * @param timestampMs a whole number of milliseconds since the epoch
 * @throws RangeError when it is not, or when it lies outside the range of dates
 */
export function monthAt(timestampMs: number): Window {
  requireTimestamp(timestampMs);
  const instant = new Date(timestampMs);
  const year = instant.getUTCFullYear();
  const month = instant.getUTCMonth();
  return { startMs: firstOfMonth(year, month), endMs: firstOfMonth(year, month + 1) };
}

/** Whether `timestampMs` lies in `window`: the start belongs to it, the end does not. */
export function windowContains(window: Window, timestampMs: number): boolean {
  return timestampMs >= window.startMs && timestampMs < window.endMs;
}

/** `Date.UTC` would read the years 0 to 99 as 1900 to 1999; setting the year of a date does not. */
function firstOfMonth(year: number, month: number): number {
  return new Date(0).setUTCFullYear(year, month, 1);
}

/** Whether a number is a time that blocks can hold: a whole number of milliseconds from the epoch to the last date. */
export function isBlockTime(timeMs: unknown): timeMs is number {
  return Number.isSafeInteger(timeMs) && Number(timeMs) >= 0 && Number(timeMs) <= TIMESTAMP_MS_MAX;
}

function requireTimestamp(timestampMs: number): void {
  if (!Number.isSafeInteger(timestampMs) || Math.abs(timestampMs) > TIMESTAMP_MS_MAX) {
    throw new RangeError(`timestampMs must be a whole number of milliseconds, not ${timestampMs}`);
  }
}
