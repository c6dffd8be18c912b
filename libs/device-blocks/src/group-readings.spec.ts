import { groupReadings } from './group-readings.js';
import { MINUTE_MS, NOON_MS, makeReading } from './testing/make-reading.js';

const BLOCK_MS = 10 * MINUTE_MS;

function at(minute: number, value: number, revision?: number) {
  const metrics = { flow: value };
  return makeReading({ timestamp: NOON_MS + minute * MINUTE_MS, metrics, ...(revision ? { revision } : {}) });
}

describe('groupReadings', () => {
  it('sorts readings of all records into slots, oldest first, and keeps which record sent what', () => {
    const parts = [
      { record: 0, receivedAtMs: 5, readings: [at(25, 1), at(3, 2)] },
      { record: 2, receivedAtMs: 6, readings: [at(4, 3)] },
    ];
    const { slots } = groupReadings(parts, [], BLOCK_MS);
    expect(slots.map(({ slot }) => (slot.startMs - NOON_MS) / MINUTE_MS)).toEqual([0, 20]);
    expect(slots[0]?.readings.map(({ metrics, receivedAtMs }) => [metrics['flow'], receivedAtMs])).toEqual([
      [2, 5],
      [3, 6],
    ]);
    expect([...(slots[0]?.sent.keys() ?? [])]).toEqual([0, 2]);
    expect(slots[0]?.sent.get(2)).toEqual([at(4, 3)]);
  });

  it('lets the first of an identity and revision win within an envelope, and leaves the rest to the block', () => {
    const parts = [
      { record: 0, receivedAtMs: 5, readings: [at(0, 9), at(0, 1), at(0, 4, 1)] },
      { record: 1, receivedAtMs: 4, readings: [at(0, 7)] },
    ];
    const { slots, duplicatePoints } = groupReadings(parts, [], BLOCK_MS);
    expect(slots[0]?.readings.map(({ metrics, revision }) => [metrics['flow'], revision])).toEqual([
      [9, 0],
      [4, 1],
      [7, 0],
    ]);
    expect(duplicatePoints).toBe(1);
  });

  it('sets aside by reason what cannot be stored, as it was sent, and stores the rest of the reading', () => {
    const entries = [
      {
        deviceId: 'pump-1',
        effectiveFromMs: 0,
        metrics: { flow: { scale: 2, max: 10 }, level: { scale: 1e308 } },
      },
    ];
    const readings = [
      makeReading({ metrics: { flow: 6, level: 100, depth: 1 }, revision: 2 }),
      makeReading({ metrics: { flow: 7 } }),
      makeReading({ metrics: { flow: 5 } }),
    ];
    const { slots, rejected } = groupReadings([{ record: 3, receivedAtMs: 1, readings }], entries, BLOCK_MS);
    expect(rejected).toEqual([
      {
        record: 3,
        reason: 'not_finite',
        detail: 'level: Infinity after conversion is not finite',
        readings: [makeReading({ metrics: { level: 100 }, revision: 2 })],
        pointCount: 1,
      },
      {
        record: 3,
        reason: 'out_of_range',
        detail: 'flow: 12 is outside [-Infinity, 10]; and 1 more',
        readings: [makeReading({ metrics: { flow: 6 }, revision: 2 }), makeReading({ metrics: { flow: 7 } })],
        pointCount: 2,
      },
    ]);
    expect(slots[0]?.readings.map(({ metrics }) => ({ ...metrics }))).toEqual([{ depth: 1 }, { flow: 10 }]);
  });
});
