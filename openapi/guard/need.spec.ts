import { BUMPS, type Bump } from './bump.js';
import type { Changeset } from './changesets.js';
import { needOf } from './need.js';
import { raisedBy } from './raised-version.js';

function changeset(file: string, bumps: Readonly<Record<string, Bump>>): Changeset {
  return { file, bumps: new Map(Object.entries(bumps)) };
}

describe('what a package needs', () => {
  const pairs = BUMPS.flatMap((needed, n) =>
    BUMPS.map((announced, a) => [needed, announced, a >= n] as const),
  );

  it.each(pairs)('%s is covered by %s: %s', (needed, announced, satisfied) => {
    const need = needOf('sdk', needed, [changeset('a.md', { sdk: announced })], 'none');
    expect(need).toEqual({ package: 'sdk', needed, announced, changesets: ['a.md'], satisfied });
  });

  it('is the largest of all changesets that name it, and of no other package', () => {
    const changesets = [
      changeset('a.md', { sdk: 'patch' }),
      changeset('b.md', { sdk: 'minor', other: 'major' }),
      changeset('c.md', { other: 'major' }),
    ];
    expect(needOf('sdk', 'major', changesets, 'none')).toEqual({
      package: 'sdk',
      needed: 'major',
      announced: 'minor',
      changesets: ['a.md', 'b.md'],
      satisfied: false,
    });
  });

  it('is covered by a version that was raised already', () => {
    expect(needOf('sdk', 'minor', [], 'minor')).toMatchObject({ announced: 'minor', satisfied: true });
  });
});

describe('how far a version was raised', () => {
  it.each([
    ['0.1.0', '0.1.0', 'none'],
    ['0.1.0', '0.1.1', 'patch'],
    ['0.1.9', '0.2.0', 'minor'],
    ['0.2.0', '1.0.0', 'major'],
    ['1.2.3', '1.2.2', 'none'],
    ['1.2.3', '0.9.9', 'none'],
    ['1.2.3', '2.0.0-next.1', 'major'],
  ])('from %s to %s: %s', (before, after, bump) => {
    expect(raisedBy(before, after)).toBe(bump);
  });

  it('refuses what is no version', () => {
    expect(() => raisedBy('1.0', '1.0.0')).toThrow('1.0 is no semantic version');
  });
});
