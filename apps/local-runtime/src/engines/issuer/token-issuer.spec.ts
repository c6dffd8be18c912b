import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { TokenIssuer } from './token-issuer.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-issuer-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const nowMs = Date.UTC(2026, 0, 1);

function open(): Promise<TokenIssuer> {
  return TokenIssuer.open({
    keyFile: join(folder, 'key.json'),
    issuer: 'http://127.0.0.1:4000',
    audience: 'weir',
    clock: () => nowMs,
    newId: () => 'token-id',
  });
}

describe('TokenIssuer', () => {
  it('signs tokens that its published keys verify', async () => {
    const issuer = await open();
    const token = await issuer.sign({ scope: 'telemetry:write', devices: ['a*', 'b'], ttlSeconds: 60 });
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(issuer.jwks()), {
      issuer: 'http://127.0.0.1:4000',
      audience: 'weir',
      currentDate: new Date(nowMs),
    });
    expect(payload).toEqual({
      iss: 'http://127.0.0.1:4000',
      aud: 'weir',
      sub: 'local',
      client_id: 'local',
      scope: 'telemetry:write',
      devices: ['a*', 'b'],
      jti: 'token-id',
      iat: nowMs / 1_000,
      exp: nowMs / 1_000 + 60,
    });
    expect(protectedHeader.kid).toBe(issuer.jwks().keys[0]?.kid);
  });

  it('binds a token to no device unless asked to', async () => {
    const token = await (await open()).sign({ scope: 's', ttlSeconds: 1 });
    const [, claims = ''] = token.split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).not.toHaveProperty('devices');
  });

  it('keeps one key, for its owner alone, also when several create it at once', async () => {
    const issuers = await Promise.all([open(), open(), open()]);
    issuers.push(await open());
    expect(new Set(issuers.map((issuer) => issuer.jwks().keys[0]?.kid)).size).toBe(1);
    expect(statSync(join(folder, 'key.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['key.json']);
  });

  it('publishes no private part', async () => {
    const issuer = await open();
    const { d } = JSON.parse(readFileSync(join(folder, 'key.json'), 'utf8')) as { d: string };
    expect(JSON.stringify(issuer.jwks())).not.toContain(d);
    expect(issuer.configuration()).toMatchObject({
      issuer: 'http://127.0.0.1:4000',
      jwks_uri: 'http://127.0.0.1:4000/.well-known/jwks.json',
    });
  });

  it('says what to do about a damaged key file', async () => {
    writeFileSync(join(folder, 'key.json'), '{"kty":"RSA"}');
    await expect(open()).rejects.toThrow(/delete it, and make new tokens/);
  });
});
