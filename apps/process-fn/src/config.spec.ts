import { EnvironmentError } from '@weir/environment';
import { readConfig } from './config.js';

const MINIMAL = { TABLE_NAME: 'weir', QUARANTINE_BUCKET: 'weir-quarantine' };

describe('readConfig', () => {
  it('fills in defaults', () => {
    expect(readConfig(MINIMAL)).toEqual({
      tableName: 'weir',
      quarantineBucket: 'weir-quarantine',
      stage: 'dev',
      blockMinutes: 10,
      registryCacheMs: 60_000,
      deviceConcurrency: 16,
      cacheBytesMax: 96 * 1024 * 1024,
      deadlineMarginMs: 3_000,
    });
  });

  it('reads what is given', () => {
    const config = readConfig({ ...MINIMAL, STAGE: 'prod', BLOCK_MINUTES: '5', REGISTRY_CACHE_SECONDS: '0' });
    expect(config).toMatchObject({ stage: 'prod', blockMinutes: 5, registryCacheMs: 0 });
  });

  it.each([
    ['TABLE_NAME', undefined],
    ['TABLE_NAME', ' '],
    ['QUARANTINE_BUCKET', ''],
    ['STAGE', ''],
    ['BLOCK_MINUTES', '7'],
    ['BLOCK_MINUTES', '10m'],
    ['REGISTRY_CACHE_SECONDS', '-1'],
    ['DEVICE_CONCURRENCY', '0'],
    ['CACHE_MEGABYTES', '1e3'],
    ['DEADLINE_MARGIN_MS', ''],
  ])('names %s when it is %p', (name, value) => {
    const read = (): unknown => readConfig({ ...MINIMAL, [name]: value });
    expect(read).toThrow(EnvironmentError);
    expect(read).toThrow(new RegExp(`variable ${name} (is not set|must be )`));
  });
});
