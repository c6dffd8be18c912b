/**
 * Gets tokens from the local issuer. The token is asked for anew whenever the client wants one: at the start, and after a
 * 401, which is what an expired token is answered with.
 *
 * @throws Error when the issuer does not answer, or not with a token.
 */
export async function localToken(tokenUrl: string): Promise<string> {
  const response = await fetch(tokenUrl, { method: 'POST' });
  if (!response.ok) throw new Error(`The local issuer answered with status ${response.status}`);
  const body: unknown = await response.json();
  if (
    typeof body === 'object' &&
    body !== null &&
    'access_token' in body &&
    typeof body.access_token === 'string'
  ) {
    return body.access_token;
  }
  throw new Error('The local issuer answered without a token');
}
