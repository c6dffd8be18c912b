import { emptyBlock, mergeBlocks, mergeReadings, type BlockReading } from './block.js';
import { makeReading, SLOT } from './testing/arbitraries.js';

const blockOf = (...readings: BlockReading[]) => mergeReadings(emptyBlock(SLOT), readings).block;
const counts = ({ stored, duplicate, superseded }: ReturnType<typeof mergeReadings>) => ({
  stored,
  duplicate,
  superseded,
});

describe('mergeReadings', () => {
  it('stores new points in order of time', () => {
    const later = makeReading({ timestampMs: SLOT.startMs + 5_000, metrics: { b: 2, a: 1 } });
    const outcome = mergeReadings(emptyBlock(SLOT), [later, makeReading()]);
    expect(outcome.changed).toBe(true);
    expect(counts(outcome)).toEqual({ stored: 3, duplicate: 0, superseded: 0 });
    expect(outcome.block.readings).toEqual([makeReading(), { ...later, metrics: { a: 1, b: 2 } }]);
    expect(Object.keys(outcome.block.readings[1]?.metrics ?? {})).toEqual(['a', 'b']);
  });

  it('returns the very block when nothing is new', () => {
    const block = blockOf(makeReading({ metrics: { a: 1, b: 2 } }));
    const outcome = mergeReadings(block, [
      makeReading({ metrics: { b: 2 } }),
      makeReading({ metrics: { a: 1 } }),
    ]);
    expect(outcome).toEqual({ block, changed: false, stored: 0, duplicate: 2, superseded: 0 });
    expect(outcome.block).toBe(block);
  });

  it('lets the higher revision win, whenever it arrives', () => {
    const wrong = makeReading({ metrics: { a: 1 } });
    const right = makeReading({ metrics: { a: 2 }, revision: 1, receivedAtMs: SLOT.endMs });
    expect(counts(mergeReadings(blockOf(wrong), [right]))).toEqual({
      stored: 0,
      duplicate: 0,
      superseded: 1,
    });
    expect(counts(mergeReadings(blockOf(right), [wrong]))).toEqual({
      stored: 0,
      duplicate: 1,
      superseded: 0,
    });
    expect(blockOf(wrong, right)).toEqual(blockOf(right));
  });

  it('lets the earlier arrival win among equal revisions', () => {
    const early = makeReading({ metrics: { a: 9 }, receivedAtMs: 1_000 });
    const late = makeReading({ metrics: { a: 1 }, receivedAtMs: 1_001 });
    expect(mergeReadings(blockOf(late), [early]).block).toEqual(blockOf(early));
    expect(mergeReadings(blockOf(early), [late]).changed).toBe(false);
  });

  it('lets the smaller value win among equal arrivals', () => {
    const small = makeReading({ metrics: { a: -2 } });
    const great = makeReading({ metrics: { a: -1 } });
    expect(mergeReadings(blockOf(great), [small]).block).toEqual(blockOf(small));
    expect(mergeReadings(blockOf(small), [great]).changed).toBe(false);
  });

  it('counts each point of a batch once, whatever its order', () => {
    const batch = [
      makeReading({ metrics: { a: 1 }, revision: 1 }),
      makeReading({ metrics: { a: 2 }, revision: 2 }),
      makeReading({ metrics: { a: 1 } }),
    ];
    for (const incoming of [batch, [...batch].reverse()]) {
      expect(counts(mergeReadings(emptyBlock(SLOT), incoming))).toEqual({
        stored: 1,
        duplicate: 2,
        superseded: 0,
      });
    }
  });

  it('keeps the losing metrics of a reading beside the winning one', () => {
    const block = blockOf(
      makeReading({ metrics: { a: 1, b: 1 } }),
      makeReading({ metrics: { a: 2 }, revision: 3, receivedAtMs: SLOT.endMs }),
    );
    expect(block.readings).toEqual([
      makeReading({ metrics: { b: 1 } }),
      makeReading({ metrics: { a: 2 }, revision: 3, receivedAtMs: SLOT.endMs }),
    ]);
  });

  it('leaves no trace of a reading without metrics', () => {
    const outcome = mergeReadings(emptyBlock(SLOT), [makeReading({ metrics: {} })]);
    expect(outcome).toEqual({
      block: emptyBlock(SLOT),
      changed: false,
      stored: 0,
      duplicate: 0,
      superseded: 0,
    });
  });

  it('takes any name for a metric, and hands out records that inherit nothing', () => {
    const metrics = JSON.parse('{"__proto__":1,"constructor":2,"toString":3}') as Record<string, number>;
    const [reading] = blockOf(makeReading({ metrics })).readings;
    expect(Object.entries(reading?.metrics ?? {})).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
      ['toString', 3],
    ]);
    expect(reading?.metrics['hasOwnProperty']).toBeUndefined();
  });

  it('stores minus zero as zero', () => {
    const [reading] = blockOf(makeReading({ metrics: { a: -0 } })).readings;
    expect(reading?.metrics['a']).toBe(0);
    expect(
      mergeReadings(blockOf(makeReading({ metrics: { a: 0 } })), [makeReading({ metrics: { a: -0 } })])
        .changed,
    ).toBe(false);
  });

  it.each([
    [{ timestampMs: SLOT.startMs - 1 }, /timestampMs .* outside the slot/],
    [{ timestampMs: SLOT.endMs }, /timestampMs .* outside the slot/],
    [{ timestampMs: SLOT.startMs + 0.5 }, /timestampMs/],
    [{ revision: -1 }, /revision/],
    [{ revision: 0.5 }, /revision/],
    [{ receivedAtMs: Number.NaN }, /receivedAtMs/],
    [{ receivedAtMs: -1 }, /receivedAtMs/],
    [{ metrics: { flow: Number.NaN } }, /metrics\.flow/],
    [{ metrics: { flow: Number.NEGATIVE_INFINITY } }, /metrics\.flow/],
  ])('refuses %p and names the field', (overrides, message) => {
    const act = () => mergeReadings(emptyBlock(SLOT), [makeReading(), makeReading(overrides)]);
    expect(act).toThrow(RangeError);
    expect(act).toThrow(message);
  });
});

describe('emptyBlock', () => {
  it.each([
    [5, 5],
    [6, 5],
    [-1, 5],
    [0, 1.5],
    [Number.NaN, 5],
  ])('refuses the slot [%p, %p)', (startMs, endMs) => {
    expect(() => emptyBlock({ startMs, endMs })).toThrow(/slot/);
  });
});

describe('mergeBlocks', () => {
  it('refuses blocks of different slots', () => {
    const other = emptyBlock({ startMs: SLOT.endMs, endMs: SLOT.endMs + 600_000 });
    expect(() => mergeBlocks(emptyBlock(SLOT), other)).toThrow(RangeError);
  });
});
