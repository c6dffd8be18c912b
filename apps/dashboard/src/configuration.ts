/** Where the page finds what it shows: `dashboard.json` beside it, which whoever serves the page writes. */
export interface Configuration {
  /** The analytics API, without `/v1`. */
  analyticsUrl: string;
  access: LocalAccess | OauthAccess;
  /** The info server of a local runtime, for the pipeline and traces; absent on AWS. */
  runtimeUrl?: string;
}

/** An endpoint that gives a token to who asks, on the same machine. */
export interface LocalAccess {
  kind: 'local';
  tokenUrl: string;
}

/** The code flow with PKCE: https://www.rfc-editor.org/rfc/rfc7636. Addresses are `https`, or `http` on the loopback interface. */
export interface OauthAccess {
  kind: 'oauth';
  /** How the issuer names itself, to the letter; needed with the scope `openid`. */
  issuer?: string;
  authorizeUrl: string;
  tokenUrl: string;
  /** Where a refresh token is revoked on signing out: https://www.rfc-editor.org/rfc/rfc7009 */
  revokeUrl?: string;
  /** Where the page goes on signing out, so that the issuer's own session ends: complete, with client and way back. */
  signOutUrl?: string;
  clientId: string;
  scope: string;
}

/**
 * Checks a configuration as it was read.
 *
 * @param pageUrl where relative URLs begin
 * @throws Error naming the field that is missing or wrong.
 */
export function parseConfiguration(value: unknown, pageUrl: string): Configuration {
  const fields = objectAt('dashboard.json', value);
  const access = objectAt('access', fields['access']);
  const runtimeUrl = fields['runtimeUrl'];
  const analyticsUrl = urlAt('analyticsUrl', fields['analyticsUrl'], pageUrl);
  if (access['kind'] === 'oauth') requireEncryption('analyticsUrl', analyticsUrl);
  return {
    analyticsUrl,
    access: accessOf(access, pageUrl),
    ...(runtimeUrl === undefined ? {} : { runtimeUrl: urlAt('runtimeUrl', runtimeUrl, pageUrl) }),
  };
}

function accessOf(access: Record<string, unknown>, pageUrl: string): LocalAccess | OauthAccess {
  if (access['kind'] === 'local') {
    return { kind: 'local', tokenUrl: urlAt('access.tokenUrl', access['tokenUrl'], pageUrl) };
  }
  if (access['kind'] !== 'oauth') throw new Error('access.kind must be "local" or "oauth"');
  const { issuer, revokeUrl, signOutUrl } = access;
  return {
    kind: 'oauth',
    authorizeUrl: endpointAt('access.authorizeUrl', access['authorizeUrl']),
    tokenUrl: endpointAt('access.tokenUrl', access['tokenUrl']),
    clientId: textAt('access.clientId', access['clientId']),
    scope: textAt('access.scope', access['scope']),
    ...(issuer === undefined ? {} : { issuer: textAt('access.issuer', issuer) }),
    ...(revokeUrl === undefined ? {} : { revokeUrl: endpointAt('access.revokeUrl', revokeUrl) }),
    ...(signOutUrl === undefined ? {} : { signOutUrl: endpointAt('access.signOutUrl', signOutUrl) }),
  };
}

/** An address of the issuer, as it stands there. */
function endpointAt(field: string, value: unknown): string {
  const text = textAt(field, value);
  requireEncryption(field, text);
  return text;
}

/** Tokens and codes would travel in the clear. The loopback interface has no way on which anybody could listen. */
function requireEncryption(field: string, text: string): void {
  const { protocol, hostname } = URL.canParse(text) ? new URL(text) : { protocol: '', hostname: '' };
  if (protocol === 'https:') return;
  if (protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) return;
  throw new Error(`${field} must be an https URL`);
}

function objectAt(field: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new Error(`${field} must be an object`);
}

function textAt(field: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`${field} must be a text`);
}

/** Without a slash at its end, so that paths can be put behind it. */
function urlAt(field: string, value: unknown, pageUrl: string): string {
  const text = textAt(field, value);
  const url = URL.canParse(text, pageUrl) ? new URL(text, pageUrl) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url.href.replace(/\/$/, '');
  throw new Error(`${field} must be an http or https URL`);
}
