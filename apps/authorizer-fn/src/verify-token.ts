/** The claims that Weir reads of a verified token. */
export interface Claims {
  readonly sub?: unknown;
  readonly client_id?: unknown;
  readonly exp?: unknown;
  /** Scopes, separated by spaces (RFC 8693 §4.2). */
  readonly scope?: unknown;
  /** What Amazon Cognito made the token for: `access` or `id`. */
  readonly token_use?: unknown;
  /** Device ids or `prefix*`: an array, or a text separated by commas or spaces. */
  readonly devices?: unknown;
}

/** Checks signature, issuer, audience and times; throws when the token does not hold. */
export type VerifySignature = (token: string) => Promise<Claims>;

/** What the gateway hands on to the functions; all values are text, as API Gateway makes them anyway. */
export interface Grant {
  readonly principalId: string;
  readonly context: { readonly scope: string; readonly exp: string; readonly devices?: string };
}

/** The token does not hold, whatever the reason. */
export class TokenRefusedError extends Error {
  override readonly name = 'TokenRefusedError';
}

const DEVICE_PATTERN = /^(?:[A-Za-z0-9._:-]{1,128}|[A-Za-z0-9._:-]{0,128}\*)$/;

/** How tokens are judged, apart from what they say. */
export interface TokenRules {
  readonly verifySignature: VerifySignature;
  /** What the issuer writes before each of Weir's scopes; scopes without it belong to somebody else. */
  readonly scopePrefix: string;
}

/**
 * Turns an `Authorization` header into what its bearer may do.
 *
 * @throws TokenRefusedError where the token lacks what Weir needs; whatever `verifySignature` throws otherwise.
 */
export async function verifyToken(authorization: string, rules: TokenRules): Promise<Grant> {
  const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization.trim())?.[1];
  if (token === undefined) throw new TokenRefusedError('The header Authorization holds no bearer token.');
  const claims = await rules.verifySignature(token);
  if (claims.token_use === 'id') throw new TokenRefusedError('The token is an ID token.');
  const principalId = [claims.sub, claims.client_id].find((id) => typeof id === 'string' && id !== '');
  if (typeof principalId !== 'string')
    throw new TokenRefusedError('The token names neither sub nor client_id.');
  if (typeof claims.exp !== 'number') throw new TokenRefusedError('The token never expires.');
  const devices = devicesOf(claims.devices);
  return {
    principalId,
    context: {
      scope: scopesOf(claims.scope, rules.scopePrefix),
      exp: String(claims.exp),
      ...(devices === undefined ? {} : { devices: devices.join(',') }),
    },
  };
}

/** `weir/telemetry:read` of an issuer that names the resource server becomes `telemetry:read`. */
function scopesOf(claim: unknown, prefix: string): string {
  if (typeof claim !== 'string') return '';
  const scopes = claim.split(' ').filter((scope) => scope.startsWith(prefix));
  return scopes
    .map((scope) => scope.slice(prefix.length))
    .filter((scope) => scope !== '')
    .join(' ');
}

/** A claim that is there but cannot be read must not turn into a token that is bound to nothing. */
function devicesOf(claim: unknown): string[] | undefined {
  if (claim === undefined) return undefined;
  const patterns = typeof claim === 'string' ? claim.split(/[\s,]+/).filter((text) => text !== '') : claim;
  if (
    !Array.isArray(patterns) ||
    !patterns.every((text) => typeof text === 'string' && DEVICE_PATTERN.test(text))
  ) {
    throw new TokenRefusedError('The claim devices is not a list of device ids or prefix*.');
  }
  return patterns;
}
