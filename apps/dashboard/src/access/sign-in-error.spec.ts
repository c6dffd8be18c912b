import { AuthorizationResponseError, ResponseBodyError } from 'oauth4webapi';

import { signInErrorOf } from './sign-in-error.js';

const access = {
  kind: 'oauth',
  authorizeUrl: 'https://id.example/authorize',
  tokenUrl: 'https://id.example/token',
  clientId: 'board',
  scope: 'telemetry:read',
} as const;

function redirected(parameters: Record<string, string>): Error {
  return new AuthorizationResponseError('an error', { cause: new URLSearchParams(parameters) });
}

function answered(error: string, status = 400): Error {
  return new ResponseBodyError('an error', { cause: { error }, response: new Response('', { status }) });
}

describe('signInErrorOf', () => {
  it.each([
    [
      redirected({ error: 'access_denied' }),
      'The sign-in was cancelled or denied.',
      /an account that may read/,
    ],
    [redirected({ error: 'invalid_scope' }), 'does not give the scope “telemetry:read”', /access\.scope/],
    [redirected({ error: 'unauthorized_client' }), 'does not accept the client “board”', /access\.clientId/],
    [answered('invalid_client', 401), 'does not accept the client “board”', /access\.clientId/],
    [answered('invalid_grant'), 'is used up or too old', /Sign in again/],
    [redirected({ error: 'temporarily_unavailable' }), 'a problem of its own', /Try again/],
    [redirected({ error: 'made_up' }), 'the error “made_up”', /Sign in again/],
    [new TypeError('Failed to fetch'), 'at id.example cannot be reached', /CORS/],
    [new DOMException('late', 'TimeoutError'), 'at id.example cannot be reached', /Try again/],
    [new Error('not JSON'), 'at id.example cannot be used: not JSON.', /dashboard\.json/],
  ])('tells of %s what happened and what to do', (error, message, remedy) => {
    const told = signInErrorOf(error, access);
    expect(told.message).toContain(message);
    expect(told.remedy).toMatch(remedy);
    expect(told.cause).toBe(error);
  });

  it('quotes the issuer, but no more than a sentence or two', () => {
    const quoted = signInErrorOf(redirected({ error: 'x', error_description: 'Too bad.' }), access);
    expect(quoted.message).toContain('It says: “Too bad.”');
    const long = signInErrorOf(redirected({ error: 'x', error_description: 'a'.repeat(5_000) }), access);
    expect(long.message.length).toBeLessThan(300);
  });
});
