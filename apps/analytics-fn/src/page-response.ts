import type { ApiRequest, ApiResponse } from '@weir/rest-api';
import type { MediaType } from './content-negotiation.js';
import { etagOf, namesEtag } from './etag.js';

/** A page of items that can be answered as JSON or CSV. */
export interface NegotiablePage {
  readonly body: { readonly nextCursor?: string };
  readonly csv: () => string;
  /** Request headers on which the answer depends. */
  readonly vary: string;
}

/**
 * Answers with a page in the media type that was negotiated, or with 304 where the client has it already.
 *
 * A client may keep it, but must ask before using it again: late data can change even a window that is final.
 *
 * CSV has no place for `nextCursor`, so it stands in a `Link` header (https://www.rfc-editor.org/rfc/rfc8288).
 */
export function pageResponse(page: NegotiablePage, mediaType: MediaType, request: ApiRequest): ApiResponse {
  const body = mediaType === 'text/csv' ? page.csv() : JSON.stringify(page.body);
  const etag = etagOf(body);
  const headers = {
    ETag: etag,
    'Cache-Control': 'private, no-cache',
    Vary: page.vary,
  };
  const known = request.headers['if-none-match'];
  if (known !== undefined && namesEtag(known, etag)) return { status: 304, headers };
  if (mediaType === 'application/json') {
    return { status: 200, headers: { ...headers, 'Content-Type': mediaType }, body };
  }
  return {
    status: 200,
    headers: {
      ...headers,
      ...nextLink(page.body.nextCursor, request),
      'Content-Type': 'text/csv; charset=utf-8; header=present',
    },
    body,
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
