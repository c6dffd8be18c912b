import { readConfig } from './config.js';

const environment = { TABLE_NAME: 'weir', STAGE: 'dev' };

describe('readConfig', () => {
  it('fills in defaults', () => {
    expect(readConfig(environment)).toEqual({
      tableName: 'weir',
      stage: 'dev',
      blockMinutes: 10,
      registryCacheMs: 60_000,
      allowOrigin: '*',
    });
  });

  it('takes what is set', () => {
    const set = { BLOCK_MINUTES: '20', REGISTRY_CACHE_SECONDS: '0', ALLOW_ORIGIN: 'http://127.0.0.1:4000' };
    expect(readConfig({ ...environment, ...set })).toMatchObject({
      blockMinutes: 20,
      registryCacheMs: 0,
      allowOrigin: 'http://127.0.0.1:4000',
    });
  });

  it.each([
    ['TABLE_NAME', undefined],
    ['STAGE', ' '],
    ['BLOCK_MINUTES', '7'],
    ['BLOCK_MINUTES', 'ten'],
    ['REGISTRY_CACHE_SECONDS', '-1'],
    ['REGISTRY_CACHE_SECONDS', '3601'],
    ['ALLOW_ORIGIN', 'example.org'],
    ['ALLOW_ORIGIN', 'https://example.org/path'],
  ])('names %s when it is %p', (name, value) => {
    expect(() => readConfig({ ...environment, [name]: value })).toThrow(name);
  });
});
