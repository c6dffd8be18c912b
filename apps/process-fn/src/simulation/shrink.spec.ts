import { makeWorkload } from './make-workload.js';
import { SeededRandom } from './seeded-random.js';
import { shrink } from './shrink.js';
import { NO_FAULTS, type Workload } from './workload.js';

const SEEDS = Array.from({ length: 50 }, (_, seed) => seed + 1);

/** Fails as long as two requests contradict each other while answers get lost. */
async function contradicted({ eras, faults }: Workload): Promise<string | undefined> {
  const readings = eras.flatMap(({ records }) => records.flatMap(({ envelope }) => envelope?.readings ?? []));
  const values = new Map<string, number>();
  for (const { deviceId, timestamp, metrics } of readings) {
    for (const [metric, value] of Object.entries(metrics)) {
      const identity = `${deviceId} ${timestamp} ${metric}`;
      if (faults.lostResponse > 0 && values.has(identity) && values.get(identity) !== value) return identity;
      values.set(identity, value);
    }
  }
  return undefined;
}

describe('shrink', () => {
  it('keeps nothing that the failure does not need', async () => {
    let shrunk = 0;
    for (const seed of SEEDS) {
      const workload = makeWorkload(new SeededRandom(seed));
      const failure = await contradicted(workload);
      if (failure === undefined) continue;
      const smallest = await shrink({ workload, failure }, contradicted, 10_000);
      shrunk += 1;
      const { eras, faults } = smallest.workload;
      const readings = eras.flatMap(({ records }) =>
        records.flatMap(({ envelope }) => envelope?.readings ?? []),
      );
      expect(readings).toHaveLength(2);
      expect(readings.map(({ metrics }) => Object.keys(metrics))).toEqual(
        Array(2).fill([expect.any(String)]),
      );
      expect(faults).toEqual({ ...NO_FAULTS, lostResponse: workload.faults.lostResponse });
      expect(smallest.workload).toMatchObject({ containerCount: 1, shardCount: 1, clockSkewMsMax: 0 });
      expect(smallest.failure).toBe(await contradicted(smallest.workload));
    }
    expect(shrunk).toBeGreaterThan(5);
  });

  it('gives up after the tries it may make, with the smallest found so far', async () => {
    const workload = makeWorkload(new SeededRandom(1));
    let tries = 0;
    const fails = async (): Promise<string> => `try ${(tries += 1)}`;
    const { failure } = await shrink({ workload, failure: 'at first' }, fails, 3);
    expect([tries, failure]).toEqual([3, 'try 3']);
  });
});
