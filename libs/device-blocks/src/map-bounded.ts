import pLimit from 'p-limit';

/**
 * Does `task` for every item, at most `limit` at once, and answers in the order of the items. Ends only when all that
 * began has ended, so that nothing goes on behind the caller's back.
 *
 * @throws what the first failed item threw
 */
export async function mapBounded<Item, Result>(
  items: readonly Item[],
  limit: number,
  task: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const atOnce = pLimit(limit);
  const settled = await Promise.allSettled(items.map((item) => atOnce(() => task(item))));
  return settled.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}
