import { SimpleJwksCache } from 'aws-jwt-verify/jwk';

/** The issuer's public keys, kept between invocations; fetched again when a token names a key that is not among them. */
export function createKeyCache(fetchKeys: typeof fetch, timeoutMs: number): SimpleJwksCache {
  return new SimpleJwksCache({
    fetcher: {
      async fetch(uri) {
        const response = await fetchKeys(uri, { signal: AbortSignal.timeout(timeoutMs) });
        if (!response.ok) throw new Error(`${uri} answered ${response.status}.`);
        return response.arrayBuffer();
      },
    },
  });
}
