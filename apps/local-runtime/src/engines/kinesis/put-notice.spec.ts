import { PutNotice } from './put-notice.js';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('tells of a put at once, of those that follow at most ten times a second, and of the last one too', () => {
  let sent = 0;
  const notice = new PutNotice(() => (sent += 1));
  notice.put();
  expect(sent).toBe(1);
  for (let index = 0; index < 50; index += 1) {
    notice.put();
    jest.advanceTimersByTime(10);
  }
  expect(sent).toBeGreaterThanOrEqual(5);
  expect(sent).toBeLessThanOrEqual(6);
  const before = sent;
  notice.put();
  jest.advanceTimersByTime(100);
  expect(sent).toBe(before + 1);
  jest.advanceTimersByTime(1_000);
  expect(sent).toBe(before + 1);
});
