/** How far a version must rise, smallest first. `none` stands for no change at all. */
export const BUMPS = ['none', 'patch', 'minor', 'major'] as const;
export type Bump = (typeof BUMPS)[number];

/** True where a version raised by `found` covers a change that needs `needed`. */
export function covers(found: Bump, needed: Bump): boolean {
  return BUMPS.indexOf(found) >= BUMPS.indexOf(needed);
}

/** The largest of some bumps; `none` of no bumps. */
export function largest(bumps: readonly Bump[]): Bump {
  return bumps.reduce<Bump>((worst, bump) => (covers(worst, bump) ? worst : bump), 'none');
}
