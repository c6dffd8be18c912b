import fc from 'fast-check';
import { SummaryDecodeError } from './decode-error.js';
import { packJson } from './deflated-json.js';
import { frame } from './framed-bytes.js';
import { SUMMARY_FORMAT_VERSION, decodeSummaries, encodeSummaries } from './summary-encoding.js';
import { foldSummaries, type Summaries } from './summaries.js';
import { mergeSummaries, summarise } from './summary.js';
import { SLOT, metricName, timed, valueList } from './testing/arbitraries.js';

const codeOf = (bytes: Uint8Array): string => {
  try {
    decodeSummaries(bytes);
    return 'decoded';
  } catch (error) {
    if (!(error instanceof SummaryDecodeError)) throw error;
    return error.code;
  }
};

/** Summaries of one part, and of two parts merged. */
const anySummaries: fc.Arbitrary<Summaries> = fc
  .array(fc.tuple(metricName, valueList, fc.option(valueList), fc.nat({ max: 500_000 })), { maxLength: 4 })
  .map((list) => {
    const entries = list.map(([name, values, more, laterMs]) => {
      const summary = summarise(timed(values, SLOT.startMs + laterMs));
      return [name, more ? mergeSummaries(summary, summarise(timed(more, SLOT.endMs))) : summary] as const;
    });
    return foldSummaries([new Map(entries)]);
  });

describe('the encoding of summaries', () => {
  it('is read back without loss, and encodes to the same bytes again', () => {
    fc.assert(
      fc.property(anySummaries, (summaries) => {
        const bytes = encodeSummaries(summaries);
        const decoded = decodeSummaries(bytes);
        expect([...decoded]).toEqual([...summaries]);
        expect(encodeSummaries(decoded)).toEqual(bytes);
      }),
      { numRuns: 200 },
    );
  });

  it('does not depend on the order of the map', () => {
    fc.assert(
      fc.property(anySummaries, (summaries) => {
        const reversed = new Map([...summaries].reverse());
        expect(encodeSummaries(reversed)).toEqual(encodeSummaries(summaries));
      }),
    );
  });

  it('keeps a sketch whose bins were joined', () => {
    const wide = Array.from({ length: 2_500 }, (_, index) => 1.03 ** (index - 1_250));
    const summaries = new Map([['wide', summarise(timed([...wide, ...wide.map((value) => -value)]))]]);
    expect(summaries.get('wide')?.sketch.level).toBeGreaterThan(0);
    expect(decodeSummaries(encodeSummaries(summaries))).toEqual(summaries);
  });

  it('needs about 65 bytes for a metric with two decimals', () => {
    const values = Array.from(
      { length: 60 },
      (_, index) => Math.round(2_150 + 200 * Math.sin(index / 10)) / 100,
    );
    const summaries = new Map(
      ['a', 'b', 'c'].map((name, at) => [name, summarise(timed(values.map((v) => v + at)))]),
    );
    expect(encodeSummaries(summaries).length).toBeLessThanOrEqual(3 * 80);
  });
});

describe('decodeSummaries', () => {
  const small = encodeSummaries(new Map([['a', summarise(timed([1, 2.5, 80]))]]));

  it('names damage at every truncation', () => {
    for (let length = 0; length < small.length; length += 1) {
      expect(codeOf(small.subarray(0, length))).toBe('bytes_damaged');
    }
  });

  it('tells a newer format from damage', () => {
    expect(codeOf(Uint8Array.of(SUMMARY_FORMAT_VERSION + 1, 1))).toBe('format_unsupported');
  });

  it('survives any bytes and any content', () => {
    const valid: unknown[] = [['a'], [1], [2], [0], [2], [2], [5], [2], [0], [2], [[0, 40_000, 1]]];
    expect(codeOf(packJson(SUMMARY_FORMAT_VERSION, valid))).toBe('decoded');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.jsonValue(), fc.nat({ max: 10 }), (tail, part, at) => {
        codeOf(Uint8Array.of(SUMMARY_FORMAT_VERSION, ...tail));
        codeOf(frame(SUMMARY_FORMAT_VERSION, tail));
        codeOf(packJson(SUMMARY_FORMAT_VERSION, part));
        codeOf(packJson(SUMMARY_FORMAT_VERSION, valid.with(at, part)));
        codeOf(packJson(SUMMARY_FORMAT_VERSION, valid.with(at, [part])));
      }),
      { numRuns: 500 },
    );
  });

  /** One metric with a single value, 2, and one column replaced. */
  const one = (column: number, entry: unknown): unknown =>
    [['a'], [1], [2], [0], [2], [2], [5], [2], [0], [2], [[0, 40_000, 1]]].with(column, [entry] as never[]);

  it.each<[string, unknown]>([
    ['no list', 5],
    ['a missing column', [[], []]],
    ['columns of different length', [['a'], [], [], [], [], [], [], [], [], [], []]],
    ['a name that is no text', one(0, 7)],
    ['a count that the sketch does not have', one(1, 2)],
    ['a total that is missing', one(2, null)],
    ['a negative deviation', one(3, -1)],
    ['a minimum above the values', one(4, 3)],
    ['a maximum below the values', one(5, 1)],
    ['half a millisecond', one(6, 0.5)],
    ['a first value out of range', one(7, 9)],
    ['a last instant before the first', one(8, -1)],
    ['a last value out of range', one(9, 1)],
    ['a sketch that is no list', one(10, 1)],
    ['a sketch without bins', one(10, [0, 40_000])],
    ['a sketch at a level that does not exist', one(10, [8, 1, 1])],
    ['a sketch with half a level', one(10, [0.5, 1, 1])],
    ['a bin beyond the numbers', one(10, [0, 99_999, 1])],
    ['a bin between two others', one(10, [0, 0.5, 1])],
    ['a bin without values', one(10, [0, 1, 1, 0])],
    ['a gap before the first bin', one(10, [0, 1, -1, 1])],
    ['a gap after the last bin', one(10, [0, 1, 1, -1])],
    ['two gaps in a row', one(10, [0, 1, 1, -1, -1, 1])],
    ['too many bins', one(10, [0, 1, ...Array<number>(2_049).fill(1)])],
    [
      'metrics out of order',
      [
        ['b', 'a'],
        [1, 1],
        [2, 2],
        [0, 0],
        [2, 2],
        [2, 2],
        [5, 0],
        [2, 2],
        [0, 0],
        [2, 2],
        [
          [0, 4, 1],
          [0, 4, 1],
        ],
      ],
    ],
  ])('refuses %s', (_what, content) => {
    expect(codeOf(packJson(SUMMARY_FORMAT_VERSION, content))).toBe('content_invalid');
  });
});
