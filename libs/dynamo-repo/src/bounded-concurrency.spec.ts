import { forEachBounded } from './bounded-concurrency.js';

describe('forEachBounded', () => {
  it('runs every task once, as many at once as it may and no more', async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    const items = Array.from({ length: 20 }, (_, index) => index);
    await forEachBounded(items, 3, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      done.push(item);
    });
    expect(done.sort((a, b) => a - b)).toEqual(items);
    expect(most).toBe(3);
  });

  it('throws the first failure after what had begun has ended, and begins nothing more', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const attempt = forEachBounded([0, 1, 2, 3, 4], 2, async (item) => {
      begun.push(item);
      if (item === 0) throw new Error('first');
      await new Promise((resolve) => setImmediate(resolve));
      ended.push(item);
      throw new Error('later');
    });
    await expect(attempt).rejects.toThrow('first');
    expect(begun).toEqual([0, 1]);
    expect(ended).toEqual([1]);
  });

  it('ends at once without items', async () => {
    await expect(forEachBounded([], 4, async () => {})).resolves.toBeUndefined();
  });
});
