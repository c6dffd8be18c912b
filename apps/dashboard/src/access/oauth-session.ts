import {
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomState,
  None,
  processAuthorizationCodeResponse,
  processRefreshTokenResponse,
  processRevocationResponse,
  refreshTokenGrantRequest,
  ResponseBodyError,
  revocationRequest,
  validateAuthResponse,
} from 'oauth4webapi';
import type { AuthorizationServer, Client, TokenEndpointResponse } from 'oauth4webapi';

import type { OauthAccess } from '../configuration.js';
import { SignInError, signInErrorOf } from './sign-in-error.js';
import type { GrantedTokens, TabMemory } from './tab-memory.js';

/** A token that is about to expire is renewed before it is used; one that lives shortly, in the second half of its life. */
const MARGIN_MS = 30_000;
/** Where a current token is refused sooner than this, another one would not be accepted either. */
const FRESH_MS = 60_000;
const TIMEOUT_MS = 15_000;

export type Beginning = { signedIn: true } | { signedIn: false; note: string };

/**
 * A person's sign-in by the authorization code flow with PKCE, for a page that can keep no secret
 * (https://www.rfc-editor.org/rfc/rfc7636, https://www.rfc-editor.org/rfc/rfc9700). Tokens live in the tab's memory, and
 * are sent in the bodies of requests to the issuer and in the header `Authorization` to the API, nowhere else.
 */
export class OauthSession {
  private readonly client: Client;
  private handedOut: string | undefined;
  private refused: SignInError | undefined;

  constructor(
    private readonly access: OauthAccess,
    private readonly memory: TabMemory,
    private readonly clock: () => number,
  ) {
    this.client = { client_id: access.clientId };
  }

  /**
   * Takes the issuer's answer where there is one in the address, and removes it from there. Without tokens the page leaves for
   * the sign-in, unless somebody has just signed out.
   *
   * @throws SignInError when the issuer answered with an error, or the answer belongs to no sign-in of this tab
   */
  async begin(): Promise<Beginning> {
    const answer = new URLSearchParams(location.search);
    if (['code', 'error', 'state'].some((name) => answer.has(name))) await this.redeem(answer);
    if (this.memory.read('weir-tokens') !== undefined) return { signedIn: true };
    const signedOut = this.memory.read('weir-signed-out');
    if (signedOut !== undefined) return { signedIn: false, note: signedOut.note };
    return this.signIn();
  }

  /** Leaves the page; whoever waits for it waits until then. @throws SignInError on a page without encryption */
  async signIn(): Promise<never> {
    if (!isSecureContext) {
      throw new SignInError('Browsers let a page sign in only over HTTPS.', 'Open the page with https.');
    }
    const { authorizeUrl, clientId, scope } = this.access;
    const verifier = generateRandomCodeVerifier();
    const state = generateRandomState();
    const redirectUri = pageAddress();
    this.memory.forget('weir-tokens', 'weir-signed-out');
    this.memory.keep('weir-sign-in', { state, verifier, redirectUri, hash: location.hash });
    const address = new URL(authorizeUrl);
    const query = {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      scope,
      state,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
    return leave(address.href);
  }

  /**
   * A token for the API. Called again it has been refused: it is renewed by the refresh token, or by signing in anew, which
   * comes back to the same view.
   *
   * @throws SignInError when the issuer does not answer, or the API refuses a token that the issuer has only just given
   */
  async token(): Promise<string> {
    if (this.refused !== undefined) throw this.refused;
    const kept = this.memory.read('weir-tokens');
    if (kept === undefined) return this.signIn();
    const { expiresAtMs = Number.POSITIVE_INFINITY, grantedAtMs } = kept;
    const marginMs = Math.min(MARGIN_MS, (expiresAtMs - grantedAtMs) / 2);
    const isCurrent = expiresAtMs - this.clock() > marginMs;
    if (kept.accessToken !== this.handedOut) return isCurrent ? this.handOut(kept) : this.renew(kept);
    if (isCurrent && this.clock() - grantedAtMs < FRESH_MS) {
      this.refused = new SignInError(
        'The API refuses the token that the issuer has just given.',
        'Whoever runs this page has to compare issuer, audience and client with what the API accepts.',
      );
      throw this.refused;
    }
    return this.renew(kept);
  }

  /** Forgets the tokens, has the refresh token revoked, and leaves for where the issuer ends its own session, if there is such a place. */
  async signOut(): Promise<void> {
    const kept = this.memory.read('weir-tokens');
    this.memory.forget('weir-tokens', 'weir-sign-in');
    const note = await this.revoke(kept?.refreshToken);
    this.memory.keep('weir-signed-out', { note });
    await leave(this.access.signOutUrl ?? pageAddress());
  }

  private async redeem(answer: URLSearchParams): Promise<void> {
    const pending = this.memory.read('weir-sign-in');
    this.memory.forget('weir-sign-in');
    // Before anything else is done, so that the code gets into no history, no log and no report.
    history.replaceState(null, '', `${pageAddress()}${pending?.hash ?? ''}`);
    const server = this.server(answer.get('iss'));
    if (pending === undefined || answer.get('state') !== pending.state) {
      throw new SignInError(
        'This answer belongs to no sign-in that was begun in this tab, so nothing was taken from it.',
        'Sign in again.',
      );
    }
    try {
      const checked = validateAuthResponse(server, this.client, answer, pending.state);
      const response = await authorizationCodeGrantRequest(
        server,
        this.client,
        None(),
        checked,
        pending.redirectUri,
        pending.verifier,
        this.options(),
      );
      this.keep(await processAuthorizationCodeResponse(server, this.client, response));
    } catch (error) {
      throw signInErrorOf(error, this.access);
    }
  }

  private async renew(kept: GrantedTokens): Promise<string> {
    if (kept.refreshToken === undefined) return this.signIn();
    const server = this.server();
    try {
      const response = await refreshTokenGrantRequest(
        server,
        this.client,
        None(),
        kept.refreshToken,
        this.options(),
      );
      const renewed = await processRefreshTokenResponse(server, this.client, response);
      return this.handOut(this.keep(renewed, kept.refreshToken));
    } catch (error) {
      // A refresh token that is refused is used up or revoked; anything else may pass.
      if (error instanceof ResponseBodyError && error.status < 500) return this.signIn();
      throw signInErrorOf(error, this.access);
    }
  }

  /** https://www.rfc-editor.org/rfc/rfc7009 @returns what somebody who signs out should know */
  private async revoke(refreshToken: string | undefined): Promise<string> {
    if (refreshToken === undefined || this.access.revokeUrl === undefined) return '';
    try {
      const server = this.server();
      const response = await revocationRequest(server, this.client, None(), refreshToken, {
        ...this.options(),
        additionalParameters: { token_type_hint: 'refresh_token' },
      });
      await processRevocationResponse(response);
      return '';
    } catch (error) {
      return `The issuer could not be told: ${signInErrorOf(error, this.access).message}`;
    }
  }

  private handOut({ accessToken }: GrantedTokens): string {
    this.handedOut = accessToken;
    return accessToken;
  }

  /** An issuer that gives no new refresh token lets the old one be used again. */
  private keep(answer: TokenEndpointResponse, earlierRefreshToken?: string): GrantedTokens {
    const refreshToken = answer.refresh_token ?? earlierRefreshToken;
    const grantedAtMs = this.clock();
    const tokens = {
      accessToken: answer.access_token,
      grantedAtMs,
      ...(refreshToken === undefined ? {} : { refreshToken }),
      ...(answer.expires_in === undefined ? {} : { expiresAtMs: grantedAtMs + answer.expires_in * 1_000 }),
    };
    this.memory.keep('weir-tokens', tokens);
    return tokens;
  }

  /**
   * What the library knows the issuer by. Where the configuration does not name it, an answer may call it as it likes: with a
   * single issuer no answer can be mixed up with another's (https://www.rfc-editor.org/rfc/rfc9207#section-2.4).
   */
  private server(named: string | null = null): AuthorizationServer {
    const { issuer, authorizeUrl, tokenUrl, revokeUrl } = this.access;
    return {
      issuer: issuer ?? named ?? tokenUrl,
      authorization_endpoint: authorizeUrl,
      token_endpoint: tokenUrl,
      ...(revokeUrl === undefined ? {} : { revocation_endpoint: revokeUrl }),
    };
  }

  /** The configuration allows plain HTTP on the loopback interface alone. */
  private options(): { signal: AbortSignal; [allowInsecureRequests]: boolean } {
    return {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      [allowInsecureRequests]: this.access.tokenUrl.startsWith('http:'),
    };
  }
}

/** The folder of the page: one address, however it was opened, that the issuer can compare to the letter. */
function pageAddress(): string {
  return new URL('.', `${location.origin}${location.pathname}`).href;
}

function leave(address: string): Promise<never> {
  location.assign(address);
  return new Promise(() => undefined);
}
