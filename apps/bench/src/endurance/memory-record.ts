import type { ProcessUsage } from '../end-to-end/process-usage.js';

/** Resident memory of the processes of one role over a run, in bytes. */
export interface RoleMemory {
  readonly role: string;
  /** The most that a single process had. */
  readonly peakBytes: number;
  /** The most that all of the role had together, in each quarter of the run. */
  readonly quarterBytes: readonly number[];
  readonly processesMax: number;
}

/** How much more the last quarter may need than the second and still count as bounded: garbage comes and goes. */
const GROWTH_MAX = 1.25;
const SLACK_BYTES = 32 * 1024 * 1024;

/** Sums up samples that were taken at even intervals, at least four of them. */
export function summarizeMemory(samples: readonly (readonly ProcessUsage[])[]): RoleMemory[] {
  const roles = [...new Set(samples.flatMap((sample) => sample.map(({ role }) => role)))].sort();
  const quarters = [0, 1, 2, 3].map((index) =>
    samples.slice(Math.floor((samples.length * index) / 4), Math.floor((samples.length * (index + 1)) / 4)),
  );
  return roles.map((role) => {
    const of = (sample: readonly ProcessUsage[]): ProcessUsage[] => sample.filter((one) => one.role === role);
    const together = (sample: readonly ProcessUsage[]): number =>
      of(sample).reduce((sum, { residentBytes }) => sum + residentBytes, 0);
    return {
      role,
      peakBytes: Math.max(...samples.flatMap(of).map(({ residentBytes }) => residentBytes)),
      quarterBytes: quarters.map((quarter) => Math.max(...quarter.map(together))),
      processesMax: Math.max(...samples.map((sample) => of(sample).length)),
    };
  });
}

/** Whether memory stopped growing: what grows with the readings that went through would double from the middle to the end. */
export function isBounded({ quarterBytes }: RoleMemory): boolean {
  const [, second = 0, , last = Infinity] = quarterBytes;
  return last <= second * GROWTH_MAX + SLACK_BYTES;
}
