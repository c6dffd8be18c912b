import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FaultOptions } from '../boot/start-faults.js';
import { emptyPlan, type FaultPlan } from '../faults/fault-plan.js';
import { FaultPlanError, parseFaultPlan, seedMax } from '../faults/parse-plan.js';
import { reasonOf } from '../runtime-error.js';
import type { OptionValues } from './option-values.js';
import { UsageError } from './usage-error.js';

/** The options about faults, as given. Either alone makes a runtime that can inject faults. */
export interface FaultChoice {
  /** Absolute path; without it nothing is injected until a plan is posted. */
  readonly planFile?: string;
  readonly seed?: number;
}

/** @throws UsageError for a seed that is none. */
export function parseFaultChoice(values: OptionValues, callerCwd: string): FaultChoice | undefined {
  const file = values.text('faults');
  const seedText = values.text('fault-seed');
  if (file === undefined && seedText === undefined) return undefined;
  const seed = seedText === undefined ? undefined : Number(seedText);
  if (seed !== undefined && !(/^[0-9]+$/.test(seedText ?? '') && seed <= seedMax)) {
    throw new UsageError(`--fault-seed must be a whole number from 0 to ${seedMax}, not ${seedText ?? ''}.`);
  }
  return {
    ...(file === undefined ? {} : { planFile: resolve(callerCwd, file) }),
    ...(seed === undefined ? {} : { seed }),
  };
}

/**
 * Reads the plan. The seed is the one given on the command line, else the plan's, else one by chance.
 *
 * @param random a number in [0, 1)
 * @throws UsageError naming the file, and the member that is wrong.
 */
export function readFaultOptions({ planFile, seed }: FaultChoice, random: () => number): FaultOptions {
  const plan = planFile === undefined ? emptyPlan : readPlan(planFile);
  return { plan, seed: seed ?? plan.seed ?? Math.floor(random() * (seedMax + 1)) };
}

function readPlan(planFile: string): FaultPlan {
  try {
    return parseFaultPlan(JSON.parse(readFileSync(planFile, 'utf8')));
  } catch (error) {
    if (error instanceof FaultPlanError) throw new UsageError(`--faults ${planFile}: ${error.message}`);
    throw new UsageError(`--faults ${planFile} cannot be read: ${reasonOf(error)}`);
  }
}
