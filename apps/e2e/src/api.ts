import { violationsOf } from './contract-proxy.js';
import type { ActualWindow } from '@weir/window-oracle';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

export interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** How long to wait for the whole answer, in milliseconds; without it, as long as it takes. */
  readonly timeoutMs?: number;
}

/**
 * One request, its answer read whole; a body that is not JSON is left as text.
 *
 * @throws when a proxy on the way found that the contract was broken
 */
export async function call(
  url: string,
  { method = 'GET', headers = {}, body, timeoutMs }: Call = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    ...(timeoutMs === undefined ? {} : { signal: AbortSignal.timeout(timeoutMs) }),
  });
  const text = await response.text();
  const violations = violationsOf(response.status, response.headers);
  if (violations.length > 0)
    throw new Error(`${method} ${url} (${response.status}): ${violations.join('; ')}`);
  const isJson = text !== '' && /json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
}

export interface WindowQuery {
  readonly path: string;
  readonly metric: string;
  readonly resolution: string;
  readonly from: string;
  readonly to: string;
  readonly limit?: number;
}

/** All windows of a query, page after page. */
export async function allWindows(
  baseUrl: string,
  token: string,
  query: WindowQuery,
): Promise<ActualWindow[]> {
  const { path, limit, ...parameters } = query;
  const windows: ActualWindow[] = [];
  let cursor: string | undefined;
  do {
    const search = new URLSearchParams({
      ...parameters,
      ...(limit === undefined ? {} : { limit: String(limit) }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    const answer = await call(`${baseUrl}${path}?${search}`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
    windows.push(...(answer.body['windows'] as ActualWindow[]));
    cursor = answer.body['nextCursor'] as string | undefined;
  } while (cursor !== undefined);
  return windows;
}
