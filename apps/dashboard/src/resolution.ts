import type { Resolution } from '@weir/analytics-client';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `raw` is no resolution of the API: it stands for the readings themselves. */
export type Detail = Resolution | 'raw';

export const DETAILS: readonly Detail[] = ['raw', '1m', '10m', '1h', '1d'];

/** Lengths of windows in milliseconds. */
export const WINDOW_MS: Readonly<Record<Resolution, number>> = {
  '1m': MINUTE_MS,
  '10m': 10 * MINUTE_MS,
  '1h': HOUR_MS,
  '1d': DAY_MS,
};

/** The longest range that each detail is chosen for; so a chart has at most some 750 windows. */
const RANGE_MAX: readonly (readonly [Detail, number])[] = [
  ['raw', 20 * MINUTE_MS],
  ['1m', 12 * HOUR_MS],
  ['10m', 5 * DAY_MS],
  ['1h', 31 * DAY_MS],
];

/** Beyond it a detail that was asked for is refused: more windows than a chart has pixels. */
const WINDOWS_MAX = 3_000;
const RAW_RANGE_MAX_MS = 2 * HOUR_MS;

/** The detail that suits a range. @param withRaw false where there are no readings to show, as for a site */
export function detailFor(rangeMs: number, withRaw: boolean): Detail {
  const fitting = RANGE_MAX.find(([detail, maxMs]) => rangeMs <= maxMs && (withRaw || detail !== 'raw'));
  return fitting?.[0] ?? '1d';
}

/** Whether a range can be shown in a detail without too many points. */
export function isShowable(detail: Detail, rangeMs: number): boolean {
  return detail === 'raw' ? rangeMs <= RAW_RANGE_MAX_MS : rangeMs / WINDOW_MS[detail] <= WINDOWS_MAX;
}

export function detailName(detail: Detail): string {
  const names: Readonly<Record<Detail, string>> = {
    raw: 'readings',
    '1m': 'windows of 1 min',
    '10m': 'windows of 10 min',
    '1h': 'windows of 1 h',
    '1d': 'windows of 1 d',
  };
  return names[detail];
}

/** The ranges that can be chosen, in milliseconds back from now. */
export const RANGES = {
  '15m': 15 * MINUTE_MS,
  '1h': HOUR_MS,
  '6h': 6 * HOUR_MS,
  '24h': DAY_MS,
  '7d': 7 * DAY_MS,
  '30d': 30 * DAY_MS,
  '1y': 365 * DAY_MS,
} as const;

export type RangeName = keyof typeof RANGES;

export function isRangeName(text: string | null): text is RangeName {
  return text !== null && Object.hasOwn(RANGES, text);
}
