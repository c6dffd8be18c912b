import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { PLAIN_BYTES_MAX, packContent, unpackContent, type Content } from './packed-content.js';
import { anyContent } from './testing/arbitraries.js';

describe('packed content', () => {
  it('is read back as it was, and packed to the same bytes again', () => {
    fc.assert(
      fc.property(anyContent, (content) => {
        const bytes = packContent(content);
        const unpacked = unpackContent(bytes);
        expect(unpacked).toEqual(content);
        expect(packContent(unpacked)).toEqual(bytes);
      }),
      { numRuns: 500 },
    );
  });

  it.each<[Content, number]>([
    [0, 1],
    [95, 1],
    [-96, 1],
    [96, 2],
    [-97, 2],
    [4191, 2],
    [-4192, 2],
    [4192, 3],
    [60_000, 4],
    [1_760_000_400_000, 7],
    [2 ** 51 - 1, 9],
    [2 ** 51, 9],
    [0.1, 9],
    ['a', 5],
    [[], 2],
    [[1, 2], 4],
    [[7, 7], 4],
    [[7, 7, 7], 5],
    [Array<number>(60).fill(7), 5],
  ])('has %j in as many bytes as promised, after that of the coding', (content, bytes) => {
    expect(packContent(content).length).toBe(1 + bytes);
    expect(unpackContent(packContent(content))).toEqual(content);
  });

  it('is deflated where it would be larger than what is cheap to store', () => {
    const listOf = (length: number): number[] => Array.from({ length }, (_, index) => index % 2);
    const plain = packContent(listOf(PLAIN_BYTES_MAX - 4));
    expect([plain.length, plain[0]]).toEqual([PLAIN_BYTES_MAX, 0]);
    const deflated = packContent(listOf(PLAIN_BYTES_MAX - 3));
    expect(deflated[0]).toBe(1);
    expect(deflated.length).toBeLessThan(50);
    expect(unpackContent(deflated)).toEqual(listOf(PLAIN_BYTES_MAX - 3));
  });

  it('is refused wherever it is cut off or goes on', () => {
    const bytes = packContent([1, -5_000, 60_000, 0.5, 'name', [7, 7, 7, 7], []]);
    for (let length = 0; length < bytes.length; length += 1)
      expect(() => unpackContent(bytes.subarray(0, length))).toThrow();
    expect(() => unpackContent(Uint8Array.of(...bytes, 0))).toThrow('1 bytes are left over');
  });

  it.each<[string, number[], string]>([
    ['an unknown coding', [2, 0], 'there is no coding 2'],
    ['an unknown head', [0, 229], 'no value begins with 229 here'],
    ['a run outside a list', [0, 228, 1], 'no value begins with 228 here'],
    ['a run of nothing before', [0, 227, 4, 228, 4], 'a run is out of place'],
    ['a run of a text', [0, 227, 6, 226, 6, 34, 97, 34, 228, 4], 'a run is out of place'],
    ['a run longer than its list', [0, 227, 4, 7, 228, 4], 'a run is out of place'],
    ['a negative length', [0, 227, 1], 'a length is none'],
    ['a length that is a list', [0, 227, 227, 0], 'a length is none'],
    ['a text that is no JSON', [0, 226, 2, 97], 'JSON'],
    ['a text of another kind', [0, 226, 2, 49], 'a text is none'],
    ['a number without end', [0, 224, ...Array<number>(12).fill(255), 0], 'a whole number is too long'],
    [
      'lists in lists without end',
      [0, ...Array.from({ length: 1_000 }, () => [227, 2]).flat(), 0],
      'no value begins',
    ],
  ])('is refused for %s', (_what, bytes, reason) => {
    expect(() => unpackContent(Uint8Array.from(bytes))).toThrow(reason);
  });

  it('takes no memory without bound', () => {
    const run = [0, 227, 224, 254, 255, 255, 255, 127, 7, 228, 224, 252, 255, 255, 255, 127];
    expect(() => unpackContent(Uint8Array.from(run))).toThrow('there are more than 4194304 values');
    const bomb = deflateRawSync(Buffer.alloc(65 * 1024 * 1024));
    expect(() => unpackContent(Uint8Array.of(1, ...bomb))).toThrow();
  });

  it('is content or an error, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (tail) => {
        try {
          unpackContent(Uint8Array.of(0, ...tail));
        } catch (error) {
          expect(error).not.toBeInstanceOf(TypeError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
