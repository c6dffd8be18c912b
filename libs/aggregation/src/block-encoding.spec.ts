import { emptyBlock, mergeReadings, type BlockReading } from './block.js';
import { BLOCK_FORMAT_VERSION, decodeBlock, encodeBlock } from './block-encoding.js';
import { BlockDecodeError } from './decode-error.js';
import { frame } from './framed-bytes.js';
import { packContent, type Content } from './packed-content.js';
import { makeReading, SLOT } from './testing/arbitraries.js';

const LENGTH_MS = SLOT.endMs - SLOT.startMs;
const blockOf = (...readings: BlockReading[]) => mergeReadings(emptyBlock(SLOT), readings).block;
const codeOf = (bytes: Uint8Array): string => {
  try {
    decodeBlock(bytes);
    return 'decoded';
  } catch (error) {
    if (!(error instanceof BlockDecodeError)) throw error;
    return error.code;
  }
};

/** Ten minutes of a sensor that reports five metrics with two decimals, every ten seconds, in batches of twelve. */
function tenMinutes(): BlockReading[] {
  const levels = [21.5, 48.2, 1013.25, 412.7, 3.31];
  return Array.from({ length: 60 }, (_, index) => {
    const values = levels.map(
      (level, metric) => level + 2 * Math.sin(index / 10 + metric) + ((index * 37 + metric * 11) % 19) / 40,
    );
    const [temperature = 0, humidity = 0, pressure = 0, co2 = 0, voltage = 0] = values.map(
      (v) => Math.round(v * 100) / 100,
    );
    return makeReading({
      timestampMs: SLOT.startMs + index * 10_000,
      metrics: { temperature, humidity, pressure, co2, voltage },
      receivedAtMs: SLOT.startMs + Math.ceil((index + 1) / 12) * 120_000 + (index % 5),
    });
  });
}

describe('encodeBlock', () => {
  it('starts with the format version', () => {
    expect(encodeBlock(emptyBlock(SLOT))[0]).toBe(BLOCK_FORMAT_VERSION);
  });

  it('reads back an empty block', () => {
    expect(decodeBlock(encodeBlock(emptyBlock(SLOT)))).toEqual(emptyBlock(SLOT));
  });

  it('fits sixty readings of five metrics into one write unit with room to spare', () => {
    expect(encodeBlock(blockOf(...tenMinutes())).length).toBeLessThanOrEqual(750);
  });

  it('grows with the number of points, however many metrics there are', () => {
    const sparse = Array.from({ length: 500 }, (_, index) =>
      makeReading({ timestampMs: SLOT.startMs + index, metrics: { [`metric-${index}`]: index } }),
    );
    const block = blockOf(...sparse);
    const bytes = encodeBlock(block);
    expect(bytes.length).toBeLessThan(500 * 12);
    expect(decodeBlock(bytes)).toEqual(block);
  });
});

describe('decodeBlock', () => {
  const small = encodeBlock(
    blockOf(
      makeReading({ metrics: { a: 1.25, b: -7 } }),
      makeReading({ timestampMs: SLOT.startMs + 1_000, metrics: { a: 1.5 }, revision: 1 }),
      makeReading({ timestampMs: SLOT.startMs + 1_000, metrics: { b: 1 / 3 } }),
    ),
  );

  it('names damage at every truncation', () => {
    for (let length = 0; length < small.length; length += 1) {
      expect(codeOf(small.subarray(0, length))).toBe('bytes_damaged');
    }
  });

  it('tells a newer format from damage', () => {
    expect(codeOf(Uint8Array.of(BLOCK_FORMAT_VERSION + 1, 1, 2, 3))).toBe('format_unsupported');
  });

  it('keeps the cause of damage', () => {
    const bytes = frame(BLOCK_FORMAT_VERSION, Uint8Array.of(7));
    expect(() => decodeBlock(bytes)).toThrow(
      expect.objectContaining({ code: 'bytes_damaged', cause: new Error('there is no coding 7') }),
    );
  });

  const start = SLOT.startMs;
  it.each<[string, Content]>([
    ['no list', start],
    ['too few parts', [start, LENGTH_MS, [], [], 0]],
    ['a slot without length', [start, 0, [], [], 0, []]],
    ['a slot before the epoch', [-1, LENGTH_MS, [], [], 0, []]],
    ['timestamps that are no numbers', [start, LENGTH_MS, ['0'], [0], 0, [['a', 0, 1]]]],
    ['lists of different length', [start, LENGTH_MS, [0], [], 0, [['a', 0, 1]]]],
    ['revisions of another length', [start, LENGTH_MS, [0], [0], [], [['a', 0, 1]]]],
    ['a reading outside the slot', [start, LENGTH_MS, [LENGTH_MS], [0], 0, [['a', 0, 1]]]],
    ['a reading before the slot', [start, LENGTH_MS, [-1], [0], 0, [['a', 0, 1]]]],
    ['readings out of order', [start, LENGTH_MS, [5, -1], [0, 0], 0, [['a', 0, 1, 1]]]],
    [
      'two readings that should be one',
      [
        start,
        LENGTH_MS,
        [5, 0],
        [0, 0],
        0,
        [
          ['a', 0, 1],
          ['b', 0, [1], 1],
        ],
      ],
    ],
    ['a negative revision', [start, LENGTH_MS, [0], [0], [-1], [['a', 0, 1]]]],
    ['a time of arrival before the epoch', [start, LENGTH_MS, [0], [-start - 1], 0, [['a', 0, 1]]]],
    ['a reading without metrics', [start, LENGTH_MS, [0, 1], [0, 0], 0, [['a', 0, 1]]]],
    ['a point twice', [start, LENGTH_MS, [0, 0], [0, 1], 0, [['a', 0, 1, 0]]]],
    ['a column longer than the block', [start, LENGTH_MS, [0], [0], 0, [['a', 0, 1, 1]]]],
    ['a gap beyond the block', [start, LENGTH_MS, [0], [0], 0, [['a', 0, [9], 1]]]],
    [
      'an empty column',
      [
        start,
        LENGTH_MS,
        [0],
        [0],
        0,
        [
          ['a', 0, 1],
          ['b', 0],
        ],
      ],
    ],
    ['columns that are no list', [start, LENGTH_MS, [], [], 0, 0]],
    ['a column that is no list', [start, LENGTH_MS, [0], [0], 0, ['a']]],
    ['a column without a name', [start, LENGTH_MS, [0], [0], 0, [[1, 0, 1]]]],
    [
      'columns out of order',
      [
        start,
        LENGTH_MS,
        [0],
        [0],
        0,
        [
          ['b', 0, 1],
          ['a', 0, 1],
        ],
      ],
    ],
    [
      'a column twice',
      [
        start,
        LENGTH_MS,
        [0],
        [0],
        0,
        [
          ['a', 0, 1],
          ['a', 0, 1],
        ],
      ],
    ],
    ['a value that is no number', [start, LENGTH_MS, [0], [0], 0, [['a', 0, 'x']]]],
    ['a gap of nothing', [start, LENGTH_MS, [0], [0], 0, [['a', 0, [0], 1]]]],
    ['half a multiple', [start, LENGTH_MS, [0], [0], 0, [['a', 2, 0.5]]]],
    ['too many decimal places', [start, LENGTH_MS, [0], [0], 0, [['a', 99, 1]]]],
  ])('refuses %s', (_what, content) => {
    expect(codeOf(frame(BLOCK_FORMAT_VERSION, packContent(content)))).toBe('content_invalid');
  });
});
