import type { Bump } from './bump.js';

/** By how much a version (`MAJOR.MINOR.PATCH`) lies above another; `none` where it does not. */
export function raisedBy(before: string, after: string): Bump {
  const [older, newer] = [numbersOf(before), numbersOf(after)];
  const first = newer.findIndex((number, index) => number !== older[index]);
  if (first < 0 || (newer[first] as number) < (older[first] as number)) return 'none';
  return (['major', 'minor', 'patch'] as const)[first] as Bump;
}

function numbersOf(version: string): number[] {
  const match = /^(\d+)\.(\d+)\.(\d+)/.exec(version);
  if (match === null) throw new Error(`${version} is no semantic version`);
  return match.slice(1).map(Number);
}
