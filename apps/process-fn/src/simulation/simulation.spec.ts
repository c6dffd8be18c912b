import { describeFailure, firstFailure } from './run-schedules.js';
import { simulate } from './simulate.js';

const SCHEDULES = 2000;
const FIRST_SEED = 1;

describe('process-fn under faults, interleaved at every await', () => {
  it(`is exact in ${SCHEDULES} schedules from seed ${FIRST_SEED}`, async () => {
    const failed = await firstFailure(FIRST_SEED, SCHEDULES);
    expect(failed && (await describeFailure(failed))).toBeUndefined();
  }, 600_000);

  it('repeats a schedule from its seed', async () => {
    expect(await simulate(7)).toEqual(await simulate(7));
  });
});
