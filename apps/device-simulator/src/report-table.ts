import type { AggregateWindow } from '@weir/analytics-client';

import type { ReplayGroup } from './replay-group.js';

/** What became of a group's readings. */
export interface ReplayTotals {
  /** Readings handed to the API. */
  sent: number;
  /** Readings that it took. */
  accepted: number;
  /** Readings that it refused, and rows that were unreadable and never sent. */
  rejected: number;
  /** Accepted readings that added no point: their device, timestamp and metric were there already. */
  duplicate: number;
  /** Points that can be queried now and could not before. */
  stored: number;
}

/** The ends of a group's hourly windows. */
export interface WindowEnds {
  first: readonly AggregateWindow[];
  last: readonly AggregateWindow[];
  /** How many windows there are in all. */
  total: number;
}

/** How many windows the table shows of either end. */
const WINDOWS_SHOWN = 3;

/** Keeps the first and the last few of a sequence of windows; none of them twice. */
export async function windowEnds(windows: AsyncIterable<AggregateWindow>): Promise<WindowEnds> {
  const first: AggregateWindow[] = [];
  const last: AggregateWindow[] = [];
  let total = 0;
  for await (const window of windows) {
    total += 1;
    if (first.length < WINDOWS_SHOWN) first.push(window);
    else last.push(window);
    if (last.length > WINDOWS_SHOWN) last.shift();
  }
  return { first, last, total };
}

/** The report of one group: a table of hourly windows and a line of totals, each line ended. */
export function reportTable(
  group: Pick<ReplayGroup, 'device' | 'metric'>,
  { first, last, total }: WindowEnds,
  totals: ReplayTotals,
): string {
  const rows = [
    ['hour', 'count', 'avg', 'min', 'max'],
    ...first.map(cells),
    ...(total > first.length + last.length ? [['…', '', '', '', '']] : []),
    ...last.map(cells),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  const sums = (['sent', 'accepted', 'rejected', 'duplicate', 'stored'] as const)
    .map((name) => `${name} ${totals[name]}`)
    .join(', ');
  const title = `${group.device} ${group.metric}: hourly averages, ${total} windows`;
  return ['', title, ...lines, sums, ''].join('\n');
}

function cells({ start, count, avg, min, max }: AggregateWindow): string[] {
  return [start.replace(/:00\.000Z$/, 'Z'), String(count), ...[avg, min, max].map(rounded)];
}

/** At most six decimals, without trailing zeros. */
function rounded(value: number): string {
  return String(Number(value.toFixed(6)));
}
