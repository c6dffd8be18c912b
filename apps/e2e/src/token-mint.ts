import { createHmac, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint, generateKeyPair, importJWK, SignJWT, type CryptoKey, type JWK } from 'jose';

export type Claims = Readonly<Record<string, unknown>>;

export interface SigningChoice {
  readonly key?: CryptoKey;
  /** Absent: that of the issuer; null: none. */
  readonly kid?: string | null;
}

/** Makes tokens with the local issuer's key, and ones that only look so. */
export class TokenMint {
  private constructor(
    private readonly jwk: JWK,
    private readonly key: CryptoKey,
    private readonly kid: string,
    private readonly issuer: string,
  ) {}

  /** Of the runtime with this data folder. */
  static async open({ dataDir, infoUrl }: { dataDir: string; infoUrl: string }): Promise<TokenMint> {
    const jwk = JSON.parse(readFileSync(join(dataDir, 'issuer-key.json'), 'utf8')) as JWK;
    const key = (await importJWK(jwk, 'RS256')) as CryptoKey;
    return new TokenMint(jwk, key, await calculateJwkThumbprint(jwk), infoUrl);
  }

  /** A token that is good for an hour, as far as the given claims (undefined leaves one out) and the key let it be. */
  async sign(claims: Claims, { key = this.key, kid = this.kid }: SigningChoice = {}): Promise<string> {
    return new SignJWT(this.claims(claims))
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(kid === null ? {} : { kid }) })
      .sign(key);
  }

  /** `alg` is `none`, and nothing is signed. */
  unsigned(claims: Claims): string {
    return `${encode({ alg: 'none', typ: 'JWT', kid: this.kid })}.${encode(this.claims(claims))}.`;
  }

  /** Signed with the public key as if it were a shared secret: https://www.rfc-editor.org/rfc/rfc8725#section-2.1 */
  signedWithPublicKey(claims: Claims): string {
    const { kty, n, e } = this.jwk as { kty: string; n: string; e: string };
    const secret = createPublicKey({ key: { kty, n, e }, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    });
    const text = `${encode({ alg: 'HS256', typ: 'JWT', kid: this.kid })}.${encode(this.claims(claims))}`;
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  }

  /** A good token with other claims put in after it was signed. */
  async tampered(claims: Claims, forged: Claims): Promise<string> {
    const [header, , signature] = (await this.sign(claims)).split('.');
    return `${header}.${encode(this.claims(forged))}.${signature}`;
  }

  async signedWithOtherKey(claims: Claims): Promise<string> {
    return this.sign(claims, { key: (await generateKeyPair('RS256')).privateKey });
  }

  private claims(claims: Claims): Record<string, unknown> {
    const nowSeconds = Math.floor(Date.now() / 1_000);
    const usual = { iss: this.issuer, aud: 'weir', sub: 'e2e', iat: nowSeconds, exp: nowSeconds + 3_600 };
    const all = Object.entries({ ...usual, ...claims });
    return Object.fromEntries(all.filter(([, value]) => value !== undefined));
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
