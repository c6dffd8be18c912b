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

/** The code flow with PKCE: https://www.rfc-editor.org/rfc/rfc7636 */
export interface OauthAccess {
  kind: 'oauth';
  authorizeUrl: string;
  tokenUrl: string;
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
  return {
    analyticsUrl: urlAt('analyticsUrl', fields['analyticsUrl'], pageUrl),
    access: accessOf(access, pageUrl),
    ...(runtimeUrl === undefined ? {} : { runtimeUrl: urlAt('runtimeUrl', runtimeUrl, pageUrl) }),
  };
}

function accessOf(access: Record<string, unknown>, pageUrl: string): LocalAccess | OauthAccess {
  const tokenUrl = urlAt('access.tokenUrl', access['tokenUrl'], pageUrl);
  if (access['kind'] === 'local') return { kind: 'local', tokenUrl };
  if (access['kind'] !== 'oauth') throw new Error('access.kind must be "local" or "oauth"');
  return {
    kind: 'oauth',
    authorizeUrl: urlAt('access.authorizeUrl', access['authorizeUrl'], pageUrl),
    tokenUrl,
    clientId: textAt('access.clientId', access['clientId']),
    scope: textAt('access.scope', access['scope']),
  };
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
