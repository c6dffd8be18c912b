import fc from 'fast-check';
import { emptyBlock, mergeBlocks, mergeReadings, type Block, type BlockReading } from './block.js';
import { encodeBlock } from './block-encoding.js';
import { readings, SLOT } from './testing/arbitraries.js';

const blockOf = (incoming: readonly BlockReading[]) => mergeReadings(emptyBlock(SLOT), incoming).block;
const sameBytes = (a: Block, b: Block) => {
  expect(b).toEqual(a);
  expect(encodeBlock(b)).toEqual(encodeBlock(a));
};

interface PlainPoint {
  readonly identity: string;
  readonly value: number;
  readonly revision: number;
  readonly receivedAtMs: number;
}

function plainPoints(list: readonly BlockReading[]): PlainPoint[] {
  return list.flatMap(({ timestampMs, metrics, revision, receivedAtMs }) =>
    Object.entries(metrics).map(([metric, value]) => ({
      identity: `${timestampMs} ${metric}`,
      value: value + 0,
      revision,
      receivedAtMs,
    })),
  );
}

/** The rule of precedence, said another way: sort by it, keep the first of each identity. */
function winners(list: readonly BlockReading[]): PlainPoint[] {
  const byRank = plainPoints(list).sort(
    (a, b) => b.revision - a.revision || a.receivedAtMs - b.receivedAtMs || a.value - b.value,
  );
  const first = byRank.filter(
    (point, at) => byRank.findIndex(({ identity }) => identity === point.identity) === at,
  );
  return byIdentity(first);
}

function byIdentity(points: PlainPoint[]): PlainPoint[] {
  return points.sort((a, b) => (a.identity < b.identity ? -1 : 1));
}

describe('a block is a set of points', () => {
  it('holds the strongest point of each identity', () => {
    fc.assert(
      fc.property(readings, (incoming) => {
        expect(byIdentity(plainPoints(blockOf(incoming).readings))).toEqual(winners(incoming));
      }),
    );
  });

  it('is the same whatever the order, the repetition and the batches of the input', () => {
    fc.assert(
      fc.property(
        readings.chain((incoming) =>
          fc.tuple(
            fc.constant(incoming),
            fc.shuffledSubarray([...incoming, ...incoming], { minLength: incoming.length * 2 }),
            fc.array(fc.nat({ max: 2 * incoming.length }), { maxLength: 5 }),
          ),
        ),
        ([incoming, delivered, cuts]) => {
          const bounds = [0, ...cuts.sort((a, b) => a - b), delivered.length];
          let block = emptyBlock(SLOT);
          bounds.forEach((from, index) => {
            block = mergeReadings(block, delivered.slice(from, bounds[index + 1] ?? from)).block;
          });
          sameBytes(blockOf(incoming), block);
        },
      ),
    );
  });

  it('merges idempotently, commutatively and associatively', () => {
    fc.assert(
      fc.property(readings, readings, readings, (first, second, third) => {
        const [a, b, c] = [blockOf(first), blockOf(second), blockOf(third)];
        expect(mergeBlocks(a, a)).toBe(a);
        sameBytes(mergeBlocks(a, b), mergeBlocks(b, a));
        sameBytes(mergeBlocks(mergeBlocks(a, b), c), mergeBlocks(a, mergeBlocks(b, c)));
        sameBytes(mergeBlocks(a, b), blockOf([...first, ...second]));
        sameBytes(mergeBlocks(a, emptyBlock(SLOT)), mergeBlocks(emptyBlock(SLOT), a));
      }),
    );
  });

  it('is canonical', () => {
    fc.assert(
      fc.property(readings, readings, (first, second) => {
        const list = mergeBlocks(blockOf(first), blockOf(second)).readings;
        const keys = list.map(({ timestampMs, revision, receivedAtMs }) => [
          timestampMs,
          revision,
          receivedAtMs,
        ]);
        const sorted = [...keys].sort(
          ([a = 0, b = 0, c = 0], [x = 0, y = 0, z = 0]) => a - x || b - y || c - z,
        );
        expect(keys).toEqual(sorted);
        expect(new Set(keys.map(String)).size).toBe(keys.length);
        const identities = plainPoints(list).map(({ identity }) => identity);
        expect(new Set(identities).size).toBe(identities.length);
        expect(list.every(({ metrics }) => Object.keys(metrics).length > 0)).toBe(true);
      }),
    );
  });

  it('accounts for every incoming point once, and changes exactly if one got in', () => {
    fc.assert(
      fc.property(readings, readings, (held, incoming) => {
        const before = blockOf(held);
        const snapshot = encodeBlock(before);
        const { block, changed, stored, duplicate, superseded } = mergeReadings(before, incoming);
        expect(stored + duplicate + superseded).toBe(plainPoints(incoming).length);
        expect(plainPoints(block.readings).length).toBe(plainPoints(before.readings).length + stored);
        expect(changed).toBe(stored + superseded > 0);
        expect(changed).toBe(Buffer.compare(encodeBlock(block), snapshot) !== 0);
        expect(encodeBlock(before)).toEqual(snapshot);
        expect(mergeReadings(block, incoming).changed).toBe(false);
      }),
    );
  });
});
