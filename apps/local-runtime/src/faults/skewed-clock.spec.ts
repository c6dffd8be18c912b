import { skewClock } from './skewed-clock.js';

const RealDate = Date;
afterEach(() => {
  globalThis.Date = RealDate;
  RealDate.prototype.constructor = RealDate;
});

it.each([3_600_000, -90_000])('is wrong by %d ms, however it is asked', (skewMs) => {
  const before = RealDate.now();
  skewClock(skewMs);
  const times = [Date.now(), new Date().getTime(), +new Date(), RealDate.parse(`${Date()}`) + 1_000];
  const after = RealDate.now();
  for (const time of times) {
    expect(time).toBeGreaterThanOrEqual(before + skewMs);
    expect(time).toBeLessThanOrEqual(after + skewMs + 1_000);
  }
});

it('leaves what does not ask for the time as it was', () => {
  skewClock(5_000);
  const instant = new Date('2026-01-02T03:04:05.678Z');
  expect(instant.toISOString()).toBe('2026-01-02T03:04:05.678Z');
  expect(new Date(instant)).toEqual(instant);
  expect(new Date(2026, 0, 2).getFullYear()).toBe(2026);
  expect(instant instanceof Date).toBe(true);
  expect(Date.UTC(1970, 0, 1)).toBe(0);
  expect(instant.constructor).toBe(Date);
  class Moment extends Date {}
  expect(new Moment() instanceof Moment).toBe(true);
});
