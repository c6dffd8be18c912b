import type { ChaosReport } from './run-chaos.js';

const WRONG_SHOWN_MAX = 40;

/** What a run did and found, for people. */
export function chaosSummary({
  delivery,
  points,
  windows,
  account,
  reads,
  runtimeDeaths,
  faults,
  wrong,
}: ChaosReport): string {
  const { requests, readings, unanswered, refusedForNow } = delivery;
  const kinds = [...faults].sort(([a], [b]) => (a < b ? -1 : 1));
  const more = wrong.length - WRONG_SHOWN_MAX;
  return [
    `${requests} requests with ${readings} readings, ${unanswered} sent again without an answer, ` +
      `${refusedForNow} because they were asked to; ${points} distinct points, ${windows} windows compared, ` +
      `${reads} reads meanwhile, the runtime died ${runtimeDeaths} times.`,
    `Points as the archive has them: ${account}.`,
    'Faults that were applied:',
    ...kinds.map(([kind, count]) => `  ${String(count).padStart(5)} ${kind}`),
    ...(wrong.length === 0 ? [] : [`${wrong.length} things are wrong:`]),
    ...wrong.slice(0, WRONG_SHOWN_MAX).map((sentence) => `  ${sentence}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join('\n');
}
