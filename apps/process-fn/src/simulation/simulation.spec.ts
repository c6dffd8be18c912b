import { simulate } from './simulate.js';

const SCHEDULES = Number(process.env['WEIR_SIMULATION_RUNS'] ?? 2000);
const FIRST_SEED = Number(process.env['WEIR_SIMULATION_SEED'] ?? 1);

describe('process-fn under faults, interleaved at every await', () => {
  it(`is exact in ${SCHEDULES} schedules from seed ${FIRST_SEED}`, async () => {
    const failed: string[] = [];
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES && failed.length < 3; seed += 1) {
      const { wrong } = await simulate(seed);
      if (wrong.length > 0) failed.push(`seed ${seed}:\n  ${wrong.slice(0, 6).join('\n  ')}`);
    }
    expect(failed).toEqual([]);
  }, 600_000);

  it('repeats a schedule from its seed', async () => {
    expect(await simulate(7)).toEqual(await simulate(7));
  });
});
