import { generateKeyPair, UnsecuredJWT, type CryptoKey } from 'jose';
import {
  apiArn,
  authorize,
  ISSUER,
  loadHandler,
  startIssuer,
  type Handler,
  type TestIssuer,
} from './testing/test-issuer.js';

let issuer: TestIssuer;
let handler: Handler;

beforeAll(async () => {
  issuer = await startIssuer();
  handler = await loadHandler({
    TOKEN_ISSUER: ISSUER,
    TOKEN_AUDIENCE: 'weir',
    TOKEN_JWKS_URI: issuer.jwksUri,
  });
});

afterAll(() => issuer.close());

function tokenOf(claims: Record<string, unknown>, signingKey?: CryptoKey): Promise<string> {
  return issuer.tokenOf({ aud: 'weir', sub: 'device-fleet', ...claims }, signingKey);
}

describe('authorizer-fn', () => {
  it('refuses to decide, rather than refuse the token, while the keys cannot be had', async () => {
    issuer.keysServed = false;
    const token = await tokenOf({});
    await expect(authorize(handler, `Bearer ${token}`)).rejects.toThrow('answered 503');
    issuer.keysServed = true;
  });

  it('allows every route of the API and hands on scope, end and devices', async () => {
    const token = await tokenOf({
      scope: 'telemetry:read',
      devices: ['boiler-*', 'pump-1'],
      exp: 4102444800,
    });
    await expect(authorize(handler, `Bearer ${token}`)).resolves.toEqual({
      principalId: 'device-fleet',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: `${apiArn}/*` }],
      },
      context: { scope: 'telemetry:read', exp: '4102444800', devices: 'boiler-*,pump-1' },
    });
  });

  it('gives the same answer whichever route asks first, since the gateway keeps it for all of them', async () => {
    const token = `Bearer ${await tokenOf({ scope: 'telemetry:read devices:write' })}`;
    const [first, ...others] = await Promise.all(
      ['GET/v1/devices', 'PUT/v1/devices/boiler-1', 'GET/v1/devices/a%2Fb/readings', 'POST/v1/telemetry'].map(
        (route) => authorize(handler, token, route),
      ),
    );
    for (const other of others) expect(other).toEqual(first);
  });

  it.each([
    ['expired', { exp: 1000000000 }],
    ['not valid yet', { nbf: 4102444800 }],
    ['of another issuer', { iss: 'https://other.example' }],
    ['for another audience', { aud: 'other' }],
    ['for no audience', { aud: undefined, client_id: 'weir' }],
    ['an ID token', { token_use: 'id' }],
    ['without an end', { exp: undefined }],
    ['with an unreadable devices claim', { devices: ['boiler 1'] }],
    ['with a devices claim of another type', { devices: { boiler: true } }],
  ])('answers 401 to a token that is %s', async (_name, claims) => {
    const token = await tokenOf(claims);
    await expect(authorize(handler, `Bearer ${token}`)).rejects.toThrow(/^Unauthorized$/);
  });

  it('answers 401 to a tampered token, another key, alg none, and no token at all', async () => {
    const token = await tokenOf({ devices: ['boiler-1'] });
    const [header, , signature] = token.split('.');
    const payload = Buffer.from(JSON.stringify({ iss: ISSUER, aud: 'weir', sub: 'x', exp: 4102444800 }));
    const otherKey = (await generateKeyPair('RS256')).privateKey;
    const forged = [
      `Bearer ${header}.${payload.toString('base64url')}.${signature}`,
      `Bearer ${await tokenOf({}, otherKey)}`,
      `Bearer ${new UnsecuredJWT({ iss: ISSUER, aud: 'weir', sub: 'x', exp: 4102444800 }).encode()}`,
      'Bearer nonsense',
      token,
      '',
    ];
    for (const authorization of forged) {
      await expect(authorize(handler, authorization)).rejects.toThrow(/^Unauthorized$/);
    }
  });

  it('treats an empty devices claim as bound to no device', async () => {
    const token = await tokenOf({ devices: [] });
    await expect(authorize(handler, `Bearer ${token}`)).resolves.toMatchObject({ context: { devices: '' } });
  });
});
