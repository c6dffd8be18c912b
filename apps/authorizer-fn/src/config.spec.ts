import { readConfig } from './config.js';

const environment = {
  STAGE: 'dev',
  TOKEN_ISSUER: 'https://issuer.example',
  TOKEN_AUDIENCE: 'weir',
  TOKEN_JWKS_URI: 'https://issuer.example/jwks.json',
};

describe('readConfig', () => {
  it('names the variable that is missing', () => {
    expect(() => readConfig({ ...environment, TOKEN_AUDIENCE: undefined })).toThrow(
      'TOKEN_AUDIENCE is not set',
    );
  });

  it('takes the clients of a user pool in place of an audience, but not both', () => {
    const clients = { ...environment, TOKEN_AUDIENCE: undefined, TOKEN_CLIENT_IDS: 'one, two,' };
    expect(readConfig(clients).addressee).toEqual({ kind: 'clients', clientIds: ['one', 'two'] });
    expect(() => readConfig({ ...clients, TOKEN_AUDIENCE: 'weir' })).toThrow(
      'TOKEN_CLIENT_IDS excludes TOKEN_AUDIENCE',
    );
    expect(() => readConfig({ ...clients, TOKEN_CLIENT_IDS: ' , ' })).toThrow(
      'TOKEN_CLIENT_IDS names no client',
    );
    expect(() => readConfig({ ...clients, TOKEN_CLIENT_IDS: '' })).toThrow('TOKEN_CLIENT_IDS is not set');
  });

  it.each(['http://issuer.example/jwks.json', 'ftp://127.0.0.1/jwks', 'nonsense'])(
    'does not take keys from %s',
    (uri) => {
      expect(() => readConfig({ ...environment, TOKEN_JWKS_URI: uri })).toThrow(
        'TOKEN_JWKS_URI must be an https URL',
      );
    },
  );

  it('takes keys from the loopback interface without TLS', () => {
    expect(readConfig({ ...environment, TOKEN_JWKS_URI: 'http://127.0.0.1:4000/jwks' }).jwksUri).toBe(
      'http://127.0.0.1:4000/jwks',
    );
  });
});
