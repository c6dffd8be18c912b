import { authorize, ISSUER, loadHandler, startIssuer, type TestIssuer } from './testing/test-issuer.js';

let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await startIssuer();
});

afterAll(() => issuer.close());

describe('the log of authorizer-fn', () => {
  it('has one line of JSON for each token that is refused, with the reason and nothing of the token', async () => {
    const handler = await loadHandler({
      POWERTOOLS_LOG_LEVEL: 'INFO',
      TOKEN_ISSUER: ISSUER,
      TOKEN_AUDIENCE: 'weir',
      TOKEN_JWKS_URI: issuer.jwksUri,
    });
    const [header, payload] = (await issuer.tokenOf({ aud: 'weir', sub: 'fleet' })).split('.');
    const refused = [
      await issuer.tokenOf({ aud: 'weir', exp: 1_000_000_000 }),
      `${header}.${payload}.c2lnbmF0dXJl`,
      'nonsense.to.log-nothing-of',
      'two\r\n{"level":"INFO","message":"lines"}',
      await issuer.tokenOf({
        aud: 'weir',
        iss: 'https://other.example/\n{"level":"INFO","message":"forged"}',
      }),
    ];
    const written: string[] = [];
    const spies = [process.stdout, process.stderr].map((stream) =>
      jest.spyOn(stream, 'write').mockImplementation((chunk) => written.push(String(chunk)) > 0),
    );
    for (const token of refused) {
      await expect(authorize(handler, `Bearer ${token}`)).rejects.toThrow(/^Unauthorized$/);
    }
    spies.forEach((spy) => spy.mockRestore());
    const lines = written
      .join('')
      .trim()
      .split('\n')
      .filter((line) => !line.includes('_aws'));
    expect(lines).toHaveLength(refused.length);
    const secrets = refused.flatMap((token) => token.split('.')).filter((part) => part.length > 6);
    for (const line of lines) {
      expect(JSON.parse(line)).toMatchObject({
        level: 'INFO',
        message: 'A token was refused.',
        reason: expect.stringMatching(/.+/),
      });
      expect(secrets.filter((secret) => line.includes(secret))).toEqual([]);
    }
  });
});
