import { runPart } from '../../testing/run-part.js';
import { COUNTED_UNITS, type StoringUnits } from '../counted-units.js';

/** dynoxide is built for one platform. */
const here = process.platform === 'linux' && process.arch === 'x64' ? it : it.skip;

here(
  'the cost model reckons with what process-fn takes (npx nx run bench:units counts it anew)',
  async () => {
    const counted = await runPart<StoringUnits>('cost/counting', '--hourly-blocks');
    const kept = COUNTED_UNITS.storing.find(
      ({ blockMinutes, metrics }) => blockMinutes === 60 && metrics === 3,
    );
    expect(kept).toEqual(counted);
  },
  600_000,
);
