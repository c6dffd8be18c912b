import { WeirTransportError } from '@weir/client-core';

/** What every page of a list has. */
export interface Page {
  /** Where the next page begins; absent on the last one. */
  nextCursor?: string | undefined;
}

/**
 * A list that is fetched page by page, when it is asked for. Each iteration starts from the beginning:
 * `for await (const item of list)`.
 */
export interface PagedList<Item, ListPage extends Page> extends AsyncIterable<Item> {
  /** One page as the API answers it: the first, or the one that `cursor` (a page's `nextCursor`) points to. */
  page(cursor?: string): Promise<ListPage>;
  /** Page after page. */
  pages(): AsyncIterable<ListPage>;
}

/** Makes a list of a function that fetches one page and one that takes the items out of it. */
export function pagedList<Item, ListPage extends Page>(
  fetchPage: (cursor: string | undefined) => Promise<ListPage>,
  itemsOf: (page: ListPage) => readonly Item[],
): PagedList<Item, ListPage> {
  async function* pages(): AsyncGenerator<ListPage, void, undefined> {
    let cursor: string | undefined;
    do {
      const page = await fetchPage(cursor);
      if (page.nextCursor !== undefined && page.nextCursor === cursor) {
        throw new WeirTransportError('invalid_response', 'The server gave the same cursor twice');
      }
      cursor = page.nextCursor;
      yield page;
    } while (cursor !== undefined);
  }
  return {
    page: (cursor) => fetchPage(cursor),
    pages,
    async *[Symbol.asyncIterator]() {
      for await (const page of pages()) yield* itemsOf(page);
    },
  };
}
