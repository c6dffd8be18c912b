import { percentile } from './percentile.js';

it('is the nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([50, 99, 100, 1].map((percent) => percentile(hundred, percent))).toEqual([50, 99, 100, 1]);
  expect([50, 99].map((percent) => percentile([3, 10, 1], percent))).toEqual([3, 10]);
  expect(() => percentile([], 50)).toThrow(RangeError);
});
