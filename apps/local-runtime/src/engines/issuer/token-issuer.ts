import { SignJWT, type JSONWebKeySet } from 'jose';
import { openSigningKey, signingAlgorithm, type SigningKey } from './signing-key.js';

/** What a token says besides what every token of the issuer says. */
export interface TokenRequest {
  /** Scopes, with a space between. */
  readonly scope: string;
  /** Device ids or `prefix*`; without, the token is bound to no device. */
  readonly devices?: readonly string[];
  readonly ttlSeconds: number;
}

export interface TokenIssuerOptions {
  readonly keyFile: string;
  /** URL of the issuer, without a slash at its end. */
  readonly issuer: string;
  readonly audience: string;
  clock(): number;
  newId(): string;
}

/** The issuer's key, below the data directory. */
export const issuerKeyFileName = 'issuer-key.json';

/** The audience of local tokens. */
export const localAudience = 'weir';

/** The URL of the local issuer, which lives on the info port. */
export function localIssuer(portBase: number): string {
  return `http://127.0.0.1:${portBase}`;
}

/** An issuer of JWTs with its own key, for one machine. */
export class TokenIssuer {
  readonly issuer: string;
  readonly jwksUri: string;

  private constructor(
    private readonly key: SigningKey,
    private readonly options: TokenIssuerOptions,
  ) {
    this.issuer = options.issuer;
    this.jwksUri = `${options.issuer}/.well-known/jwks.json`;
  }

  /** Opens or creates the key. @throws RuntimeError when the key file is damaged. */
  static async open(options: TokenIssuerOptions): Promise<TokenIssuer> {
    return new TokenIssuer(await openSigningKey(options.keyFile), options);
  }

  /** A signed token, valid from now. https://www.rfc-editor.org/rfc/rfc7519 */
  async sign(request: TokenRequest): Promise<string> {
    const nowSeconds = Math.floor(this.options.clock() / 1_000);
    const claims = {
      scope: request.scope,
      client_id: 'local',
      ...(request.devices === undefined ? {} : { devices: [...request.devices] }),
    };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: signingAlgorithm, kid: this.key.keyId, typ: 'JWT' })
      .setIssuer(this.issuer)
      .setAudience(this.options.audience)
      .setSubject('local')
      .setJti(this.options.newId())
      .setIssuedAt(nowSeconds)
      .setExpirationTime(nowSeconds + request.ttlSeconds)
      .sign(this.key.privateKey);
  }

  /** The public keys. https://www.rfc-editor.org/rfc/rfc7517#section-5 */
  jwks(): JSONWebKeySet {
    return { keys: [this.key.publicJwk] };
  }

  /** https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata */
  configuration(): Record<string, unknown> {
    return {
      issuer: this.issuer,
      jwks_uri: this.jwksUri,
      id_token_signing_alg_values_supported: [signingAlgorithm],
      response_types_supported: ['token'],
      subject_types_supported: ['public'],
      scopes_supported: ['telemetry:write', 'telemetry:read', 'devices:write'],
    };
  }
}
