import { formatRfc3339, parseRfc3339, type FieldError } from '@weir/telemetry-schema';

/** The last instant that RFC 3339 can write: 9999-12-31T23:59:59.999Z. */
const TIME_MAX_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const DAY_MS = 86_400_000;
/** A century: from the epoch to now and well beyond. What a page reads is bounded by itself, however long the range. */
const RANGE_DAYS_MAX = 36_525;

/**
 * Reads a time of a query: RFC 3339 with zone, or epoch milliseconds as text.
 *
 * @returns epoch milliseconds, or what is wrong with it
 */
export function parseQueryTime(text: string): number | { readonly reason: string } {
  const timeMs = /^\d+$/.test(text) ? Number(text) : parseRfc3339(text);
  if (timeMs === undefined) {
    return {
      reason: 'must be an RFC 3339 time with zone, such as 2026-11-01T00:00:00Z, or epoch milliseconds',
    };
  }
  if (timeMs < 0 || timeMs > TIME_MAX_MS) {
    return { reason: `must lie between ${formatRfc3339(0)} and ${formatRfc3339(TIME_MAX_MS)}` };
  }
  return timeMs;
}

/** What is wrong with the range that `from` and `to` give; nothing if it can be asked for. */
export function rangeErrors(from: unknown, to: unknown): FieldError[] {
  const errors: FieldError[] = [];
  const timeOf = (field: string, value: unknown): number | undefined => {
    if (typeof value !== 'string') return undefined;
    const time = parseQueryTime(value);
    if (typeof time === 'number') return time;
    errors.push({ field, ...time });
    return undefined;
  };
  const fromMs = timeOf('from', from);
  const toMs = timeOf('to', to);
  if (fromMs === undefined || toMs === undefined) return errors;
  if (fromMs >= toMs) errors.push({ field: 'to', reason: 'must be later than from' });
  else if (toMs - fromMs > RANGE_DAYS_MAX * DAY_MS) {
    errors.push({ field: 'to', reason: `must be at most ${RANGE_DAYS_MAX} days after from` });
  }
  return errors;
}
