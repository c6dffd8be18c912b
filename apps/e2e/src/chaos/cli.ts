import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chaosSummary } from './chaos-summary.js';
import { MINUTE_MS } from './fleet.js';
import { runChaos } from './run-chaos.js';

const USAGE = `npx nx run e2e:chaos -- [--seed S] [--minutes M]

  --seed S      decides on traffic and faults: a whole number from 0 to 4294967295 (by chance)
  --minutes M   how long faults are in force, above 0 and up to 600 (1)
`;
const SEED_MAX = 2 ** 32 - 1;

interface Options {
  readonly seed: number;
  readonly durationMs: number;
}

/** @throws TypeError or RangeError naming the option that is unknown or wrong */
function readOptions(args: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args: [...args], options: { seed: text, minutes: text } });
  const seed = values.seed === undefined ? randomInt(SEED_MAX) : Number(values.seed);
  if (values.seed === '' || !Number.isInteger(seed) || seed < 0 || seed > SEED_MAX) {
    throw new RangeError(`--seed must be a whole number from 0 to ${SEED_MAX}, not "${values.seed}".`);
  }
  const minutes = Number(values.minutes ?? 1);
  if (!(minutes > 0 && minutes <= 600)) {
    throw new RangeError(`--minutes must be a number above 0 and up to 600, not "${values.minutes}".`);
  }
  return { seed, durationMs: minutes * MINUTE_MS };
}

/** Resolves to the exit status: 0, or 1 for a run that found something wrong or could not be finished. */
async function main({ seed, durationMs }: Options): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), `weir-chaos-${seed}-`));
  console.log(`Seed ${seed}; logs, plans and data are in ${folder}.`);
  const wrong = await findWrong(seed, durationMs, folder);
  if (wrong) {
    console.log(
      `\nSeed ${seed} failed. Logs (data/logs, runtime-N.log), plans (faults-N.json) and data are in ${folder}.`,
    );
    return 1;
  }
  rmSync(folder, { recursive: true, force: true });
  console.log(`\nSeed ${seed} passed.`);
  return 0;
}

async function findWrong(seed: number, durationMs: number, folder: string): Promise<boolean> {
  try {
    const report = await runChaos({ seed, durationMs, folder, progress: (line) => console.log(line) });
    console.log(chaosSummary(report));
    return report.wrong.length > 0;
  } catch (error) {
    console.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return true;
  }
}

function readOptionsOrExplain(): Options | undefined {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return undefined;
  }
}

const options = readOptionsOrExplain();
process.exitCode = options === undefined ? 2 : await main(options);
