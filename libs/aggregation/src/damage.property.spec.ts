import fc from 'fast-check';
import { emptyBlock, mergeReadings } from './block.js';
import { decodeBlock, encodeBlock } from './block-encoding.js';
import { BlockDecodeError, SummaryDecodeError } from './decode-error.js';
import { summariseBlock } from './summaries.js';
import { decodeSummaries, encodeSummaries } from './summary-encoding.js';
import { SLOT, readings } from './testing/arbitraries.js';

const anyBlock = readings.map((incoming) => mergeReadings(emptyBlock(SLOT), incoming).block);

/** What is stored: the bytes of blocks and of their summaries, and how each is read. */
const STORED = [
  {
    what: 'a block',
    stored: anyBlock.map(encodeBlock),
    decode: (bytes: Uint8Array): unknown => decodeBlock(bytes),
    error: BlockDecodeError,
  },
  {
    what: 'summaries',
    stored: anyBlock.map((block) => encodeSummaries(summariseBlock(block))),
    decode: (bytes: Uint8Array): unknown => decodeSummaries(bytes),
    error: SummaryDecodeError,
  },
];

/** Places, as fractions of the length, and what is flipped there. */
const damage = fc.array(
  fc.tuple(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.integer({ min: 1, max: 255 })),
  { minLength: 1, maxLength: 12 },
);

describe.each(STORED)('damage to the stored bytes of $what', ({ stored, decode, error }) => {
  const isFound = (bytes: Uint8Array): boolean => {
    try {
      decode(bytes);
      return false;
    } catch (thrown) {
      if (thrown instanceof error) return true;
      throw thrown;
    }
  };

  it('is found wherever a single bit is altered', () => {
    fc.assert(
      fc.property(stored, (bytes) => {
        for (let bit = 0; bit < bytes.length * 8; bit += 1) {
          const damaged = Uint8Array.from(bytes);
          damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          if (!isFound(damaged)) throw new Error(`bit ${bit} of ${bytes.length} bytes was altered unnoticed`);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is found wherever the bytes are cut off', () => {
    fc.assert(
      fc.property(stored, (bytes) => {
        for (let length = 0; length < bytes.length; length += 1) {
          if (!isFound(bytes.subarray(0, length)))
            throw new Error(`${length} of ${bytes.length} bytes decode`);
        }
      }),
    );
  });

  it('is found when bytes are altered at random, in one place or many', () => {
    fc.assert(
      fc.property(stored, damage, (bytes, places) => {
        const damaged = Uint8Array.from(bytes);
        for (const [at, flip] of places) {
          const index = Math.floor(at * bytes.length);
          damaged[index] = (damaged[index] ?? 0) ^ flip;
        }
        fc.pre(Buffer.compare(damaged, bytes) !== 0);
        expect(isFound(damaged)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is found when bytes are added or dropped', () => {
    fc.assert(
      fc.property(stored, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 8 }), (bytes, seed, added) => {
        const at = seed % bytes.length;
        const dropped = Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(at + 1));
        expect(isFound(dropped)).toBe(true);
        expect(isFound(Uint8Array.of(...bytes.subarray(0, at), ...added, ...bytes.subarray(at)))).toBe(true);
        expect(isFound(Uint8Array.of(...bytes, ...added))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('is told from bytes that are only viewed inside a larger buffer', () => {
    fc.assert(
      fc.property(stored, (bytes) => {
        const larger = Uint8Array.of(9, 9, 9, ...bytes, 9, 9, 9);
        expect(decode(larger.subarray(3, 3 + bytes.length))).toEqual(decode(bytes));
      }),
      { numRuns: 20 },
    );
  });
});
