import { RETRY_AFTER_MAX_MS, fullJitterMs, retryAfterMs, retryPolicy } from './backoff.js';

describe('fullJitterMs', () => {
  const policy = retryPolicy({ baseDelayMs: 100, maxDelayMs: 1000 });

  it.each([
    [1, 50],
    [2, 100],
    [4, 400],
    [5, 500],
    [2000, 500],
  ])('after %i failures is half of the doubled and capped bound for a random 0.5', (failures, expected) => {
    expect(fullJitterMs(failures, policy, () => 0.5)).toBe(expected);
  });

  it('may be nothing at all', () => {
    expect(fullJitterMs(3, policy, () => 0)).toBe(0);
  });
});

describe('retryAfterMs', () => {
  const nowMs = Date.UTC(2026, 10, 1, 12, 0, 0);

  it.each([
    ['3', 3000],
    ['0', 0],
    [' 7 ', 7000],
    ['Sun, 01 Nov 2026 12:00:10 GMT', 10_000],
    ['Sun, 01 Nov 2026 11:00:00 GMT', 0],
    ['999999999', RETRY_AFTER_MAX_MS],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
  ])('reads %p as %p', (header, expected) => {
    expect(retryAfterMs(header, nowMs)).toBe(expected);
  });
});

describe('retryPolicy', () => {
  it('names the option that makes no sense', () => {
    expect(() => retryPolicy({ maxAttempts: 0 })).toThrow('retry.maxAttempts must be at least 1');
    expect(() => retryPolicy({ maxDelayMs: -1 })).toThrow('retry.maxDelayMs must not be negative');
    expect(() => retryPolicy({ baseDelayMs: Number.NaN })).toThrow('retry.baseDelayMs');
  });
});
