import { createHash } from 'node:crypto';

/** The next number in [0, 1). */
export type Random = () => number;

/** Reproducible numbers to choose by: the same seed always gives the same ones. */
export function randomOf(seed: number): Random {
  let drawn = 0;
  return () => {
    drawn += 1;
    return createHash('sha256').update(`${seed}:${drawn}`).digest().readUInt32BE() / 2 ** 32;
  };
}
