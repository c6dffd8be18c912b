import { hourOf } from './design.js';
import { countError, countReadings } from './oracle.js';

const at = (deviceId: string, timestamp: number) => ({ deviceId, timestamp, metrics: { temperature: 1 } });

it('counts each device and instant once, by hour', () => {
  const counts = countReadings([at('a', 0), at('a', 0), at('a', 3_599_999), at('a', 3_600_000), at('b', 0)]);
  expect(Object.fromEntries(counts)).toEqual({
    [hourOf('a', 0)]: 2,
    [hourOf('a', 3_600_000)]: 1,
    [hourOf('b', 0)]: 1,
  });
});

it('takes too many and too few as errors that do not make up for one another', () => {
  const expected = new Map([
    ['a', 6],
    ['b', 4],
  ]);
  expect(countError(expected, expected)).toBe(0);
  const wrong = new Map([
    ['a', 7],
    ['b', 3],
    ['c', 1],
  ]);
  expect(countError(wrong, expected)).toBe(0.3);
});
