import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent, Context } from 'aws-lambda';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey } from 'jose';

type Handler = (
  event: APIGatewayTokenAuthorizerEvent,
  context: Context,
) => Promise<APIGatewayAuthorizerResult>;

const ISSUER = 'https://issuer.example';
const METHOD_ARN = 'arn:aws:execute-api:us-east-1:123456789012:abc123/live/GET/v1/devices';

let server: Server;
let keysServed = true;
let key: CryptoKey;
let handler: Handler;

async function startIssuer(): Promise<string> {
  const pair = await generateKeyPair('RS256');
  key = pair.privateKey;
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  server = createServer((_request, response) => {
    response.statusCode = keysServed ? 200 : 503;
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
}

function tokenOf(claims: Record<string, unknown>, signingKey: CryptoKey = key): Promise<string> {
  const nowSeconds = Math.floor(Date.now() / 1000);
  return new SignJWT({ iss: ISSUER, aud: 'weir', sub: 'device-fleet', exp: nowSeconds + 600, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
    .sign(signingKey);
}

function authorize(authorizationToken: string): Promise<APIGatewayAuthorizerResult> {
  const event: APIGatewayTokenAuthorizerEvent = { type: 'TOKEN', authorizationToken, methodArn: METHOD_ARN };
  return handler(event, { awsRequestId: 'r1', functionName: 'authorizer-fn' } as Context);
}

beforeAll(async () => {
  Object.assign(process.env, {
    STAGE: 'test',
    TOKEN_ISSUER: ISSUER,
    TOKEN_AUDIENCE: 'weir',
    TOKEN_JWKS_URI: await startIssuer(),
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  });
  ({ handler } = await import('./handler.js'));
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

describe('authorizer-fn', () => {
  it('refuses to decide, rather than refuse the token, while the keys cannot be had', async () => {
    keysServed = false;
    const token = await tokenOf({});
    await expect(authorize(`Bearer ${token}`)).rejects.toThrow('answered 503');
    keysServed = true;
  });

  it('allows every route of the API and hands on scope, end and devices', async () => {
    const token = await tokenOf({
      scope: 'telemetry:read',
      devices: ['boiler-*', 'pump-1'],
      exp: 4102444800,
    });
    await expect(authorize(`Bearer ${token}`)).resolves.toEqual({
      principalId: 'device-fleet',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Action: 'execute-api:Invoke',
            Effect: 'Allow',
            Resource: 'arn:aws:execute-api:us-east-1:123456789012:abc123/live/*',
          },
        ],
      },
      context: { scope: 'telemetry:read', exp: '4102444800', devices: 'boiler-*,pump-1' },
    });
  });

  it.each([
    ['expired', { exp: 1000000000 }],
    ['not valid yet', { nbf: 4102444800 }],
    ['of another issuer', { iss: 'https://other.example' }],
    ['for another audience', { aud: 'other' }],
    ['without an end', { exp: undefined }],
    ['with an unreadable devices claim', { devices: ['boiler 1'] }],
    ['with a devices claim of another type', { devices: { boiler: true } }],
  ])('answers 401 to a token that is %s', async (_name, claims) => {
    const token = await tokenOf(claims);
    await expect(authorize(`Bearer ${token}`)).rejects.toThrow(/^Unauthorized$/);
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
      await expect(authorize(authorization)).rejects.toThrow(/^Unauthorized$/);
    }
  });

  it('treats an empty devices claim as bound to no device', async () => {
    const token = await tokenOf({ devices: [] });
    await expect(authorize(`Bearer ${token}`)).resolves.toMatchObject({ context: { devices: '' } });
  });
});
