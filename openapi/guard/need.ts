import { covers, largest, type Bump } from './bump.js';
import type { Changeset } from './changesets.js';

/** What a contract's changes ask of one package, and what is there. */
export interface Need {
  readonly package: string;
  readonly needed: Bump;
  readonly announced: Bump;
  /** The changesets that name the package. */
  readonly changesets: readonly string[];
  readonly satisfied: boolean;
}

/**
 * Judges one package. What is announced is the largest of what the changesets say and of what the version was raised by
 * since the base (once a release has used the changesets up). Bumps are taken literally while a package is 0.x too: a
 * breaking change needs `major`.
 */
export function needOf(name: string, needed: Bump, changesets: readonly Changeset[], raised: Bump): Need {
  const naming = changesets.filter(({ bumps }) => bumps.has(name));
  const announced = largest([raised, ...naming.map(({ bumps }) => bumps.get(name) as Bump)]);
  return {
    package: name,
    needed,
    announced,
    changesets: naming.map(({ file }) => file),
    satisfied: covers(announced, needed),
  };
}
