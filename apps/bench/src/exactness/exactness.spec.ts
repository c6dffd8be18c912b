import { runPart } from '../testing/run-part.js';
import { engineDifferences } from './engine-differences.js';
import { countedUnits, type CountedUnits } from './measured-cost.js';
import type { CostsOfWorkload, ExactnessResult } from './measure-designs.js';

const ONE_A_BATCH = 'one reading a batch, 3 metrics';
const TEN_A_BATCH = 'ten readings a batch, 3 metrics';
const REPLAY = 'faults and a replay, ten readings a batch';

function measure(devices: number, runs: number, ...workloads: string[]): Promise<ExactnessResult> {
  const settings = { devices, runs, seed: 7 };
  return runPart<ExactnessResult>(
    'exactness',
    ...Object.entries(settings).flatMap(([option, value]) => [`--${option}`, String(value)]),
    ...workloads.flatMap((name) => ['--workload', name]),
  );
}

/** The counts of a workload by design, for each engine that runs here. */
function countsOf({ measured }: ExactnessResult, workload: string): Record<string, CountedUnits>[] {
  const byEngine = measured.filter((each) => each.workload === workload);
  expect(byEngine.length).toBeGreaterThanOrEqual(1);
  return byEngine.map(({ costs }: CostsOfWorkload) =>
    Object.fromEntries(costs.map((cost) => [cost.design, countedUnits(cost)])),
  );
}

/** Of a device's hour: 60 readings in `batches`. */
const writeUnitsOfAnHour = (batches: number) => ({
  'put-and-add': 60 + batches,
  'idempotency-record': 3 * 60,
  'idempotency-batch': 3 * batches,
  transaction: 2 * (60 + batches),
  'shard-watermark': batches,
  // Five units beside the batches: what is sealed, and its rollups.
  weir: batches + 5,
});

function expectWriteUnits(counts: Record<string, CountedUnits>, perBatch: number): void {
  const ofAnHour = Object.entries(counts).map(([design, { writeUnits }]) => [
    design,
    Math.round(60e6 * writeUnits) / 1e6,
  ]);
  expect(Object.fromEntries(ofAnHour)).toEqual(writeUnitsOfAnHour(60 / perBatch));
  expect(counts['weir']!.writeUnits).toBeLessThanOrEqual(1 / perBatch + 0.1);
}

/** dynoxide is built for one platform. */
const describeHere = process.platform === 'linux' && process.arch === 'x64' ? describe : describe.skip;

describeHere('what exactness costs', () => {
  let result: ExactnessResult;
  beforeAll(async () => {
    result = await measure(3, 2, ONE_A_BATCH, TEN_A_BATCH, REPLAY);
  }, 600_000);

  it('is so many write units for each design', () => {
    // The first engine charges transactions as AWS does.
    expectWriteUnits(countsOf(result, ONE_A_BATCH)[0]!, 1);
    expectWriteUnits(countsOf(result, TEN_A_BATCH)[0]!, 10);
  });

  it('does not depend on how many devices there are', async () => {
    const other = await measure(7, 1, TEN_A_BATCH);
    expectWriteUnits(countsOf(other, TEN_A_BATCH)[0]!, 10);
  }, 600_000);

  it('differs between engines only where it is known why', () => {
    const differences = engineDifferences(result.measured);
    expect(differences.filter(({ reason }) => reason === undefined)).toEqual([]);
  });

  it('is no error in any count of Weir', () => {
    const errors = result.measured.flatMap(({ costs }) =>
      costs.filter(({ design }) => design === 'weir').map(({ countError }) => countError),
    );
    expect(errors).toEqual(result.measured.map(() => 0));
  });

  it('buys right counts through redelivery, duplicates and a replay from some only', () => {
    for (const byDesign of countsOf(result, REPLAY)) {
      const exact = Object.keys(byDesign).filter((design) => byDesign[design]!.countError === 0);
      expect(exact).toEqual(['idempotency-record', 'transaction', 'weir']);
      expect(byDesign['put-and-add']!.countError).toBeGreaterThan(1);
      // What a device sends again is counted again, but not what is replayed.
      expect(byDesign['idempotency-batch']!.countError).toBeLessThan(0.05);
      // A replay has new sequence numbers, so it is counted once more.
      expect(byDesign['shard-watermark']!.countError).toBeGreaterThan(0.9);
    }
  });
});
