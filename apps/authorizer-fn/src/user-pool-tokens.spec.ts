import {
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
    TOKEN_CLIENT_IDS: '3n4b5fleet, 7k8dashboard',
    TOKEN_SCOPE_PREFIX: 'weir/',
    TOKEN_JWKS_URI: issuer.jwksUri,
  });
});

afterAll(() => issuer.close());

/** The claims of an access token that a Cognito user pool gives a machine. */
const machineClaims = {
  sub: '3n4b5fleet',
  client_id: '3n4b5fleet',
  token_use: 'access',
  version: 2,
  scope: 'weir/telemetry:write weir/telemetry:read',
};

async function ask(claims: Record<string, unknown>) {
  return authorize(handler, `Bearer ${await issuer.tokenOf({ ...machineClaims, ...claims })}`);
}

describe('authorizer-fn with a Cognito user pool', () => {
  it.each(['3n4b5fleet', '7k8dashboard'])(
    'takes an access token of client %s, which has no aud',
    async (id) => {
      await expect(ask({ client_id: id, sub: id })).resolves.toMatchObject({
        principalId: id,
        context: { scope: 'telemetry:write telemetry:read' },
      });
    },
  );

  it.each([
    ['weir/telemetry:read other/devices:write', 'telemetry:read'],
    ['telemetry:write', ''],
    ['xweir/telemetry:write weir/', ''],
    ['openid aws.cognito.signin.user.admin', ''],
  ])('of the scopes %j hands on %j', async (scope, expected) => {
    await expect(ask({ scope })).resolves.toMatchObject({ context: { scope: expected } });
  });

  it.each([
    ['of a client that is not named', { client_id: '9other' }],
    ['of no client', { client_id: undefined }],
    ['with the client as its audience only', { client_id: '9other', aud: '3n4b5fleet' }],
    ['an ID token', { token_use: 'id', aud: '3n4b5fleet', client_id: undefined }],
    ['of no use', { token_use: undefined }],
    ['expired', { exp: 1000000000 }],
    ['of another pool', { iss: 'https://other.example' }],
  ])('answers 401 to a token that is %s', async (_name, claims) => {
    await expect(ask(claims)).rejects.toThrow(/^Unauthorized$/);
  });
});
