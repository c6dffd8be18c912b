import fc from 'fast-check';
import { emptyBlock, mergeReadings, type BlockReading } from './block.js';
import { foldSummaries, summariseBlock, summariseWindows } from './summaries.js';
import { encodeSummaries } from './summary-encoding.js';
import { statisticsOf, summarise } from './summary.js';
import { makeReading, readings, SLOT } from './testing/arbitraries.js';

const blockOf = (incoming: readonly BlockReading[]) => mergeReadings(emptyBlock(SLOT), incoming).block;
const at = (second: number, metrics: Record<string, number>) =>
  makeReading({ timestampMs: SLOT.startMs + second * 1_000, metrics });

describe('summariseBlock', () => {
  it('summarises each metric over the readings that have it, sorted by name', () => {
    const summaries = summariseBlock(blockOf([at(9, { b: 3 }), at(0, { a: 1, b: 1 }), at(5, { a: 5 })]));
    expect([...summaries.keys()]).toEqual(['a', 'b']);
    expect(summaries.get('a')).toEqual(
      summarise([
        { timestampMs: SLOT.startMs, value: 1 },
        { timestampMs: SLOT.startMs + 5_000, value: 5 },
      ]),
    );
    expect(summaries.get('b')?.last).toEqual({ timestampMs: SLOT.startMs + 9_000, value: 3 });
  });

  it('gives identical bytes for the same points in any order', () => {
    const shuffled = readings.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, ([list, other]) => {
        expect(encodeSummaries(summariseBlock(blockOf(other)))).toEqual(
          encodeSummaries(summariseBlock(blockOf(list))),
        );
      }),
    );
  });

  it('of an empty block is empty', () => {
    expect(summariseBlock(emptyBlock(SLOT)).size).toBe(0);
  });
});

describe('summariseWindows', () => {
  it('gives one summary for each minute that has a value', () => {
    const block = blockOf([
      at(0, { a: 1 }),
      at(59, { a: 3 }),
      at(60, { a: 5 }),
      at(200, { a: 7 }),
      at(130, { b: 1 }),
    ]);
    const windows = summariseWindows(block, 'a', 60_000);
    expect(windows.map(({ window }) => (window.startMs - SLOT.startMs) / 60_000)).toEqual([0, 1, 3]);
    expect(windows.map(({ window }) => window.endMs - window.startMs)).toEqual([60_000, 60_000, 60_000]);
    expect(windows.map(({ summary }) => statisticsOf(summary).avg)).toEqual([2, 5, 7]);
  });

  it('over the whole slot is the summary of the block', () => {
    fc.assert(
      fc.property(readings, fc.constantFrom('temperature', '__proto__', 'constructor'), (list, metric) => {
        const block = blockOf(list);
        const whole = summariseBlock(block).get(metric);
        const windows = summariseWindows(block, metric, SLOT.endMs - SLOT.startMs);
        expect(windows).toEqual(whole ? [{ window: SLOT, summary: whole }] : []);
      }),
    );
  });

  it('finds no values of a metric that only objects have', () => {
    expect(summariseWindows(blockOf([at(0, { a: 1 })]), 'constructor', 60_000)).toEqual([]);
  });

  it('refuses a length that is none', () => {
    expect(() => summariseWindows(blockOf([at(0, { a: 1 })]), 'a', 0)).toThrow(/lengthMs/);
  });
});

describe('foldSummaries', () => {
  it('folds each metric over the parts that have it', () => {
    const parts = [[at(0, { a: 1 })], [at(60, { b: 2 })], [at(120, { a: 3, b: 4 })]].map((list) =>
      summariseBlock(blockOf(list)),
    );
    const folded = foldSummaries(parts);
    expect([...folded].map(([metric, { count, sum }]) => [metric, count, sum])).toEqual([
      ['a', 2, 4],
      ['b', 2, 6],
    ]);
    expect(folded.get('a')?.first.value).toBe(1);
    expect(folded.get('a')?.last.value).toBe(3);
  });

  it('is reproducible, and leaves its parts alone', () => {
    fc.assert(
      fc.property(fc.array(readings, { maxLength: 6 }), (lists) => {
        const parts = lists.map((list) => summariseBlock(blockOf(list)));
        const before = parts.map(encodeSummaries);
        const folded = encodeSummaries(foldSummaries(parts));
        expect(encodeSummaries(foldSummaries(parts.values()))).toEqual(folded);
        expect(parts.map(encodeSummaries)).toEqual(before);
      }),
    );
  });

  it('of nothing is nothing', () => {
    expect(foldSummaries([]).size).toBe(0);
  });
});
