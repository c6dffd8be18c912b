import { distTag } from './registry.js';

describe('distTag', () => {
  it.each([
    ['1.0.0', 'latest'],
    ['1.0.0-beta.2', 'beta'],
    ['1.0.0-0', 'next'],
  ])('of %s is %s', (version, expected) => {
    expect(distTag({ version })).toBe(expected);
  });
});
