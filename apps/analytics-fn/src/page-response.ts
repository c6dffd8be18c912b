import { toJson, type ApiRequest, type JsonText } from '@weir/rest-api';
import type { MediaType } from './content-negotiation.js';
import { etagOf, namesEtag } from './etag.js';

/** A page of items that can be answered as JSON or CSV. */
export interface NegotiablePage<Page> {
  readonly body: Page;
  readonly csv: () => string;
  /** Request headers on which the answer depends. */
  readonly vary: string;
}

interface PageHeaders {
  readonly ETag: string;
  readonly 'Cache-Control': string;
  readonly Vary: string;
  readonly [more: string]: string;
}

/** The page in either media type, or that the client has it already. */
export type PageAnswer<Page> =
  | {
      readonly status: 200;
      readonly mediaType: 'application/json';
      readonly headers: PageHeaders;
      readonly body: JsonText<Page>;
    }
  | {
      readonly status: 200;
      readonly mediaType: 'text/csv';
      readonly headers: PageHeaders;
      readonly body: string;
    }
  | { readonly status: 304; readonly headers: PageHeaders };

/**
 * Answers with a page in the media type that was negotiated, or with 304 where the client has it already.
 * A client may keep it, but must ask before using it again: late data can change even a window that is final.
 *
 * CSV has no place for `nextCursor`, so it stands in a `Link` header (https://www.rfc-editor.org/rfc/rfc8288).
 */
export function pageResponse<Page extends { readonly nextCursor?: string }>(
  page: NegotiablePage<Page>,
  mediaType: MediaType,
  request: ApiRequest,
): PageAnswer<Page> {
  const content =
    mediaType === 'text/csv' ? { mediaType, body: page.csv() } : { mediaType, body: toJson(page.body) };
  const etag = etagOf(content.body);
  const headers = { ETag: etag, 'Cache-Control': 'private, no-cache', Vary: page.vary };
  const known = request.headers['if-none-match'];
  if (known !== undefined && namesEtag(known, etag)) return { status: 304, headers };
  if (content.mediaType === 'application/json') return { status: 200, headers, ...content };
  return {
    status: 200,
    headers: {
      ...headers,
      ...nextLink(page.body.nextCursor, request),
      'Content-Type': 'text/csv; charset=utf-8; header=present',
    },
    ...content,
  };
}

function nextLink(nextCursor: string | undefined, { query }: ApiRequest): Record<string, string> {
  if (nextCursor === undefined) return {};
  const parameters = new URLSearchParams(
    Object.entries(query).flatMap(([name, values]) => values.map((value): [string, string] => [name, value])),
  );
  parameters.set('cursor', nextCursor);
  return { Link: `<?${parameters.toString()}>; rel="next"` };
}
