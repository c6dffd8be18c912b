import { emptyBlock, mergeReadings } from './block.js';
import { decodeBlock, encodeBlock } from './block-encoding.js';
import { foldSummaries, summariseBlock } from './summaries.js';
import { decodeSummaries, encodeSummaries } from './summary-encoding.js';
import { statisticsOf, type Statistics } from './summary.js';
import { DEVICE_HOURS, statisticsErrors } from './testing/device-hours.js';
import { RESOLUTION_MS, windowAt } from './window.js';

const HOUR_MS = Date.UTC(2026, 4, 14, 12);

/** The statistics of an hour by the path that the product takes: blocks, stored; their summaries, stored; the fold of these. */
function hourOf(values: readonly number[], blockMs: number): Statistics {
  const blocks = new Map<number, ReturnType<typeof emptyBlock>>();
  values.forEach((value, minute) => {
    const timestampMs = HOUR_MS + minute * RESOLUTION_MS['1m'];
    const slot = windowAt(blockMs, timestampMs);
    const reading = { timestampMs, metrics: { value }, revision: 0, receivedAtMs: timestampMs };
    const { block } = mergeReadings(blocks.get(slot.startMs) ?? emptyBlock(slot), [reading]);
    blocks.set(slot.startMs, block);
  });
  const stored = [...blocks.values()].map((block) => decodeBlock(encodeBlock(block)));
  const parts = stored.map((block) => decodeSummaries(encodeSummaries(summariseBlock(block))));
  const hour = decodeSummaries(encodeSummaries(foldSummaries(parts))).get('value');
  if (!hour) throw new Error('the hour has no summary');
  return statisticsOf(hour);
}

describe.each(DEVICE_HOURS)('a device-hour of $name', ({ values }) => {
  it.each([1, 10, 60])('in blocks of %i minutes has the statistics of exact arithmetic', (minutes) => {
    const statistics = hourOf(values, minutes * RESOLUTION_MS['1m']);
    expect(statisticsErrors(statistics, values)).toEqual([]);
    expect(Object.values(statistics).every(Number.isFinite)).toBe(true);
  });
});

describe('the oracle of device-hours', () => {
  it('finds what is wrong', () => {
    const right = hourOf([1, 2, 3], RESOLUTION_MS['1h']);
    const wrong = { ...right, count: 4, min: 0.5, max: 4, stddev: 1.001, p50: 2.1 };
    expect(statisticsErrors(wrong, [1, 2, 3]).map((error) => error.split(' ')[0])).toEqual([
      'count',
      'min',
      'max',
      'stddev',
      'p50',
    ]);
  });
});
