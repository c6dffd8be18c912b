import { expectedWindows, type ActualWindow } from '@weir/window-oracle';
import { problemOf } from './window-watch.js';

const [expected] = expectedWindows(
  new Map([
    [0, 1],
    [1000, 3],
  ]),
  60_000,
);
const before = { ...expected, end: '1970-01-01T00:01:00.000Z', final: true, version: 4 } as ActualWindow;

describe('what a reader sees of a window', () => {
  it.each<[string, Partial<ActualWindow> | undefined, string | undefined]>([
    ['the same', {}, undefined],
    ['no longer final, because something late is on its way', { final: false }, undefined],
    ['more at a higher version', { count: 3, sum: 9, version: 5 }, undefined],
    ['another value at a higher version', { sum: 9, version: 5 }, undefined],
    ['nothing', undefined, 'vanished'],
    ['fewer values', { count: 1, version: 5 }, 'count: 1 after 2'],
    ['a lower version', { version: 3 }, 'version: 3 after 4'],
    ['something else at the same version', { sum: 9 }, 'changed at version 4'],
  ])('%s', (_, change, problem) => {
    const seen = problemOf(before, change === undefined ? undefined : { ...before, ...change });
    if (problem === undefined) expect(seen).toBeUndefined();
    else expect(seen).toContain(problem);
  });
});
