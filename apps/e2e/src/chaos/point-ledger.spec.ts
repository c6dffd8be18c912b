import { devicesOf, makeFleet, type Device } from './fleet.js';
import { PointLedger } from './point-ledger.js';

const ANCHOR_MS = Date.UTC(2026, 2, 15, 12);
const fleet = makeFleet(ANCHOR_MS);
const registered = devicesOf(fleet).find(({ registration }) => registration !== undefined) as Device;
const { deviceId } = registered;
const effectiveFromMs = registered.registration?.effectiveFromMs ?? NaN;

function ledgerOf(...readings: [timestampMs: number, metrics: object, revision?: number][]): PointLedger {
  const ledger = new PointLedger(fleet);
  for (const [timestampMs, metrics, revision = 0] of readings) {
    ledger.add({ deviceId, timestampMs, metrics, revision });
  }
  return ledger;
}

function flowAt(timestampMs: number, ledger: PointLedger): number | undefined {
  return ledger.device(deviceId).get('flow')?.get(timestampMs);
}

describe('the ledger of points', () => {
  it.each<[string, Parameters<typeof ledgerOf>, number]>([
    [
      'the first value of equal revisions',
      [
        [5, { flow: 1 }],
        [5, { flow: 0 }],
      ],
      1,
    ],
    [
      'the higher revision that comes later',
      [
        [5, { flow: 1 }],
        [5, { flow: 0 }, 2],
      ],
      0,
    ],
    [
      'the higher revision that came earlier',
      [
        [5, { flow: 1 }, 2],
        [5, { flow: 0 }, 1],
      ],
      1,
    ],
    [
      'the first value of the highest revision',
      [
        [5, { flow: 1 }, 2],
        [5, { flow: 0 }],
        [5, { flow: 7 }, 2],
      ],
      1,
    ],
  ])('keeps %s', (_, readings, value) => {
    expect(flowAt(5, ledgerOf(...readings))).toBe(value);
  });

  it('decides metric by metric', () => {
    const ledger = ledgerOf([5, { flow: 1 }], [5, { flow: 2, delta: 3 }]);
    expect(flowAt(5, ledger)).toBe(1);
    expect(ledger.device(deviceId).get('delta')?.get(5)).toBe(3);
    expect(ledger.pointCount()).toBe(2);
  });

  it('converts from the registered time on, and refuses what is out of range', () => {
    const ledger = ledgerOf(
      [effectiveFromMs - 1, { load: 1000 }],
      [effectiveFromMs, { load: 100 }],
      [effectiveFromMs + 1, { load: 185, flow: 4 }],
      [effectiveFromMs + 2, { load: 184 }],
    );
    expect([...(ledger.device(deviceId).get('load') ?? [])]).toEqual([
      [effectiveFromMs - 1, 1000],
      [effectiveFromMs, 58],
      [effectiveFromMs + 2, 100],
    ]);
    expect([...ledger.refusedPoints().values()]).toEqual([
      { deviceId, timestampMs: effectiveFromMs + 1, metric: 'load', value: 185, revision: 0 },
    ]);
    expect(flowAt(effectiveFromMs + 1, ledger)).toBe(4);
  });
});
