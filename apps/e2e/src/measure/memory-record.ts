import type { ProcessUsage } from './process-usage.js';

/** Resident memory of the processes of one role over a run, in bytes. */
export interface RoleMemory {
  readonly role: string;
  /** The most that a single process had. */
  readonly peakBytes: number;
  /** The most that all of the role had together, in the second and in the last quarter of the run. */
  readonly secondQuarterBytes: number;
  readonly lastQuarterBytes: number;
  readonly processesMax: number;
}

/** How much more the last quarter may need than the second and still count as bounded: garbage comes and goes. */
const growthMax = 1.25;
const slackBytes = 32 * 1024 * 1024;

/** Sums up samples that were taken at even intervals, at least four of them. */
export function summarizeMemory(samples: readonly (readonly ProcessUsage[])[]): RoleMemory[] {
  const roles = [...new Set(samples.flatMap((sample) => sample.map(({ role }) => role)))].sort();
  const quarter = (index: number): readonly (readonly ProcessUsage[])[] =>
    samples.slice(Math.floor((samples.length * index) / 4), Math.floor((samples.length * (index + 1)) / 4));
  return roles.map((role) => {
    const of = (sample: readonly ProcessUsage[]): ProcessUsage[] => sample.filter((one) => one.role === role);
    const together = (sample: readonly ProcessUsage[]): number =>
      of(sample).reduce((sum, { residentBytes }) => sum + residentBytes, 0);
    return {
      role,
      peakBytes: Math.max(...samples.flatMap(of).map(({ residentBytes }) => residentBytes)),
      secondQuarterBytes: Math.max(...quarter(1).map(together)),
      lastQuarterBytes: Math.max(...quarter(3).map(together)),
      processesMax: Math.max(...samples.map((sample) => of(sample).length)),
    };
  });
}

/** Whether memory stopped growing: what grows with the readings that went through would double from the middle to the end. */
export function isBounded({ secondQuarterBytes, lastQuarterBytes }: RoleMemory): boolean {
  return lastQuarterBytes <= secondQuarterBytes * growthMax + slackBytes;
}
