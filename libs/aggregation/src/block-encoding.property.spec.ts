import fc from 'fast-check';
import { emptyBlock, mergeReadings } from './block.js';
import { BLOCK_FORMAT_VERSION, decodeBlock, encodeBlock } from './block-encoding.js';
import { BlockDecodeError } from './decode-error.js';
import { frame } from './framed-bytes.js';
import { packContent, type Content } from './packed-content.js';
import { anyContent, reading, readings, SLOT } from './testing/arbitraries.js';

/** Whatever decodes must be a canonical block; whatever does not must fail with the typed error. */
function expectBlockOrTypedError(bytes: Uint8Array): void {
  let block;
  try {
    block = decodeBlock(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(BlockDecodeError);
    return;
  }
  const rebuilt = mergeReadings(emptyBlock(block.slot), block.readings);
  expect(rebuilt.block).toEqual(block);
  expect(rebuilt.duplicate).toBe(0);
}

describe('the encoding of blocks', () => {
  it('is read back as the same block, which encodes to the same bytes', () => {
    fc.assert(
      fc.property(readings, (incoming) => {
        const { block } = mergeReadings(emptyBlock(SLOT), incoming);
        const bytes = encodeBlock(block);
        const decoded = decodeBlock(bytes);
        expect(decoded).toEqual(block);
        expect(encodeBlock(decoded)).toEqual(bytes);
      }),
    );
  });

  it('takes any metric name and any time of arrival', () => {
    const anyName = fc.tuple(fc.string({ unit: 'binary' }), reading, fc.integer({ min: 0, max: 8.64e15 }));
    fc.assert(
      fc.property(fc.array(anyName, { maxLength: 8 }), (named) => {
        const incoming = named.map(([name, template, receivedAtMs]) => ({
          ...template,
          metrics: Object.fromEntries([[name, 1.5]]),
          receivedAtMs,
        }));
        const { block } = mergeReadings(emptyBlock(SLOT), incoming);
        expect(decodeBlock(encodeBlock(block))).toEqual(block);
      }),
    );
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (tail) => {
        expectBlockOrTypedError(tail);
        expectBlockOrTypedError(Uint8Array.of(BLOCK_FORMAT_VERSION, ...tail));
        expectBlockOrTypedError(frame(BLOCK_FORMAT_VERSION, tail));
      }),
    );
  });

  it('survives any content in place of a part of a block', () => {
    const content = (part: Content, at: number): Content => {
      const whole: Content[] = [SLOT.startMs, 600_000, [0, 5], [0, 0], 0, [['a', 2, 1, 2]]];
      whole[at] = part;
      return whole;
    };
    const whole = fc.oneof(
      anyContent,
      fc.tuple(anyContent, fc.nat({ max: 5 })).map(([part, at]) => content(part, at)),
    );
    const entry: fc.Arbitrary<Content> = fc.oneof(
      fc.integer({ min: -9, max: 9 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constant<Content>([1]),
    );
    const column = fc
      .tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: -2, max: 10 }), entry, entry)
      .map((c): Content => c);
    const columns = fc.array(column, { maxLength: 3 }).map((part) => content(part, 5));
    fc.assert(
      fc.property(fc.oneof(whole, columns), (value) => {
        expectBlockOrTypedError(frame(BLOCK_FORMAT_VERSION, packContent(value)));
      }),
      { numRuns: 500 },
    );
  });
});
