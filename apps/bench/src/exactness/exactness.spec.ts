import { runPart } from '../testing/run-part.js';
import { requestsOf } from '../metering/meter-reading.js';
import type { CostsOfWorkload } from './measure-designs.js';

/** By design, for each engine that runs here. */
async function costs(workload: string, devices: number) {
  const measured = await runPart<CostsOfWorkload[]>(
    'exactness',
    ...['--workload', workload, '--devices', String(devices), '--seed', '7'],
  );
  return measured.map(({ engine, costs: each }) => ({
    engine,
    byDesign: Object.fromEntries(each.map((cost) => [cost.design, cost])),
  }));
}

/** dynoxide is built for one platform. */
const here = process.platform === 'linux' && process.arch === 'x64' ? it : it.skip;

here(
  'each design needs these write units and requests, however many devices there are',
  async () => {
    const runs = [
      ...(await costs('ten readings a batch, 3 metrics', 3)),
      ...(await costs('ten readings a batch, 3 metrics', 7)),
    ];
    expect(runs.length).toBeGreaterThanOrEqual(2);
    for (const { byDesign } of runs) {
      const units = Object.entries(byDesign).map(([design, { meter, readings }]) => [
        design,
        (60 * meter.writeUnits) / readings,
      ]);
      // Of a device's hour: 60 readings in 6 batches.
      expect(Object.fromEntries(units)).toEqual({
        'put-and-add': 60 + 6,
        'idempotency-record': 3 * 60,
        transaction: 2 * (60 + 6),
        'shard-watermark': 6,
        weir: 6 + 5,
      });
      expect(byDesign['transaction']).toMatchObject({ countError: 0 });
      expect(
        (60 * requestsOf(byDesign['shard-watermark']!.meter)) / byDesign['shard-watermark']!.readings,
      ).toBe(6);
    }
  },
  120_000,
);

here(
  'only some count right through redelivery, duplicates and a replay',
  async () => {
    const runs = await costs('faults and a replay, ten', 4);
    expect(runs.length).toBeGreaterThanOrEqual(1);
    for (const { byDesign } of runs) {
      const exact = Object.values(byDesign).filter(({ countError }) => countError === 0);
      expect(exact.map(({ design }) => design)).toEqual(['idempotency-record', 'transaction', 'weir']);
      expect(byDesign['put-and-add']!.countError).toBeGreaterThan(1);
      // A replay has new sequence numbers, so it is counted once more.
      expect(byDesign['shard-watermark']!.countError).toBeGreaterThan(0.9);
    }
  },
  120_000,
);
