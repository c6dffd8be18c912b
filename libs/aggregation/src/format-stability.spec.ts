import { inflateRawSync } from 'node:zlib';
import { emptyBlock, mergeReadings } from './block.js';
import { decodeBlock, encodeBlock } from './block-encoding.js';
import { summariseBlock } from './summaries.js';
import { decodeSummaries, encodeSummaries } from './summary-encoding.js';
import { SLOT, makeReading } from './testing/arbitraries.js';

/**
 * Bytes that were stored once must be read for ever, and a change to what is written must not go unnoticed: two releases
 * run side by side during every deployment. A deliberate change of format takes a new version byte and a new case here.
 */
const BLOCK_V2 =
  'AgDjDOCA6paDuWbggJ9J4wYAxxDO4OMGUM6QwyfjBgACAOME4wjiBiJhIgTAOjLjCuIGImIiAQ3jAgLhVVVVVVVV1T8s66Cr';
const SUMMARIES_V1 =
  'AX1OMQ4DMQz6S2ZiYSeO27dYHtr/P6LybXdDGRACgcgcn4HxHYU0WLOEYx45N0QhKWqO9UiOF1LFHDMu5aCsBzqIQ5K7ieC91NYi+W8gic1lAcV8Q/sQ5ubWy3nxxIZW1Q+QvO8a';
const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));
const textOf = (bytes: Uint8Array): string => inflateRawSync(bytes.subarray(1, -4)).toString('utf8');

const { block } = mergeReadings(emptyBlock(SLOT), [
  makeReading({ metrics: { a: 1.25, b: -7 }, receivedAtMs: SLOT.startMs + 40 }),
  makeReading({
    timestampMs: SLOT.startMs + 1_000,
    metrics: { a: 1.5 },
    revision: 1,
    receivedAtMs: SLOT.startMs + 2_000,
  }),
  makeReading({
    timestampMs: SLOT.startMs + 3_000,
    metrics: { b: 1 / 3 },
    receivedAtMs: SLOT.startMs + 1_500,
  }),
]);

describe('what is stored', () => {
  it('of blocks in version 2 is read and written unchanged', () => {
    expect(Buffer.from(encodeBlock(block)).toString('base64')).toBe(BLOCK_V2);
    expect(decodeBlock(bytesOf(BLOCK_V2))).toEqual(block);
  });

  it('of summaries in version 1 is read and written unchanged', () => {
    expect(decodeSummaries(bytesOf(SUMMARIES_V1))).toEqual(summariseBlock(block));
    expect(textOf(encodeSummaries(summariseBlock(block)))).toBe(textOf(bytesOf(SUMMARIES_V1)));
  });
});
