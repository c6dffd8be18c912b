import { parseConfiguration } from './configuration.js';

const page = 'https://weir.example/board/';
const local = {
  analyticsUrl: 'http://127.0.0.1:4002/',
  access: { kind: 'local', tokenUrl: './token' },
  runtimeUrl: './',
};
const oauth = {
  kind: 'oauth',
  authorizeUrl: 'https://id.example/authorize',
  tokenUrl: 'https://id.example/token',
  clientId: 'board',
  scope: 'telemetry:read',
};

describe('parseConfiguration', () => {
  it('makes URLs absolute', () => {
    expect(parseConfiguration(local, page)).toEqual({
      analyticsUrl: 'http://127.0.0.1:4002',
      access: { kind: 'local', tokenUrl: 'https://weir.example/board/token' },
      runtimeUrl: 'https://weir.example/board',
    });
  });

  it('needs no runtime', () => {
    const configuration = parseConfiguration({ analyticsUrl: 'https://api.example', access: oauth }, page);
    expect(configuration).toEqual({ analyticsUrl: 'https://api.example', access: oauth });
  });

  it('leaves the issuer’s addresses as they stand', () => {
    const access = {
      ...oauth,
      issuer: 'https://id.example',
      tokenUrl: 'http://127.0.0.1:4444/token/',
      revokeUrl: 'https://id.example/revoke',
      signOutUrl: 'https://id.example/logout?client_id=board&logout_uri=https%3A%2F%2Fweir.example%2F',
    };
    expect(parseConfiguration({ analyticsUrl: 'https://api.example', access }, page).access).toEqual(access);
  });

  it.each([
    [[], 'dashboard.json must be an object'],
    [{ ...local, analyticsUrl: undefined }, 'analyticsUrl must be a text'],
    [{ ...local, analyticsUrl: 'javascript:alert(1)' }, 'analyticsUrl must be an http or https URL'],
    [{ ...local, access: undefined }, 'access must be an object'],
    [{ ...local, access: { ...oauth, kind: 'basic' } }, 'access.kind must be "local" or "oauth"'],
    [{ ...local, access: { ...oauth, clientId: '' } }, 'access.clientId must be a text'],
    [{ ...local, access: { ...oauth, issuer: 1 } }, 'access.issuer must be a text'],
    [
      { ...local, access: { ...oauth, tokenUrl: 'http://id.example/' } },
      'access.tokenUrl must be an https URL',
    ],
    [{ ...local, access: { ...oauth, revokeUrl: './revoke' } }, 'access.revokeUrl must be an https URL'],
    [{ analyticsUrl: 'http://api.example', access: oauth }, 'analyticsUrl must be an https URL'],
  ])('refuses %j', (value, message) => {
    expect(() => parseConfiguration(value, page)).toThrow(message);
  });
});
