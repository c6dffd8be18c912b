import type { OauthAccess } from '../configuration.js';

const PENDING = 'weir-sign-in';
const GRANTED = 'weir-token';
/** A token that is about to expire is not used any more. */
const MARGIN_MS = 30_000;

interface PendingSignIn {
  verifier: string;
  state: string;
  hash: string;
}

interface GrantedToken {
  token: string;
  expiresAtMs: number;
}

/**
 * Gets a token by the code flow with PKCE (https://www.rfc-editor.org/rfc/rfc7636). Where no token is kept for this tab, the
 * page leaves for the sign-in and comes back with a code. Called again for the same token, which was refused then, it signs in
 * anew.
 *
 * @throws Error when the sign-in was refused or the answer belongs to another one.
 */
export async function oauthToken(access: OauthAccess): Promise<string> {
  const kept = take<GrantedToken>(GRANTED);
  if (kept !== undefined && kept.expiresAtMs - MARGIN_MS > Date.now() && handedOut !== kept.token) {
    keep(GRANTED, kept);
    handedOut = kept.token;
    return kept.token;
  }
  const answer = new URLSearchParams(location.search);
  if (answer.has('code') || answer.has('error')) return redeem(access, answer);
  return signIn(access);
}

let handedOut: string | undefined;

async function redeem(access: OauthAccess, answer: URLSearchParams): Promise<string> {
  const pending = take<PendingSignIn>(PENDING);
  history.replaceState(null, '', `${location.pathname}${pending?.hash ?? ''}`);
  const error = answer.get('error');
  if (error !== null) throw new Error(`The sign-in was refused: ${answer.get('error_description') ?? error}`);
  if (pending === undefined || answer.get('state') !== pending.state) {
    throw new Error('The sign-in does not belong to this page');
  }
  const response = await fetch(access.tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: access.clientId,
      code: answer.get('code') ?? '',
      redirect_uri: redirectUri(),
      code_verifier: pending.verifier,
    }),
  });
  if (!response.ok) throw new Error(`The issuer answered with status ${response.status}`);
  const { access_token: token, expires_in: seconds } = (await response.json()) as {
    access_token: string;
    expires_in: number;
  };
  keep(GRANTED, { token, expiresAtMs: Date.now() + seconds * 1_000 });
  handedOut = token;
  return token;
}

/** Leaves the page; what waits for the token waits until then. */
async function signIn({ authorizeUrl, clientId, scope }: OauthAccess): Promise<never> {
  const verifier = randomText();
  const state = randomText();
  keep(PENDING, { verifier, state, hash: location.hash });
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri(),
    scope,
    state,
    code_challenge: base64Url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  });
  location.assign(`${authorizeUrl}?${query}`);
  return new Promise(() => undefined);
}

function redirectUri(): string {
  return `${location.origin}${location.pathname}`;
}

/** 256 random bits. */
function randomText(): string {
  return base64Url(crypto.getRandomValues(new Uint8Array(32)));
}

/** https://www.rfc-editor.org/rfc/rfc4648#section-5, without padding. */
function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

function keep(name: string, value: PendingSignIn | GrantedToken): void {
  sessionStorage.setItem(name, JSON.stringify(value));
}

/** Reads and forgets. */
function take<Value>(name: string): Value | undefined {
  const text = sessionStorage.getItem(name);
  sessionStorage.removeItem(name);
  return text === null ? undefined : (JSON.parse(text) as Value);
}
