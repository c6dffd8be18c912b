import { checkedConfig, ConfigError, stageConfig, stages, type StageConfig } from './stage-config.js';

function complaintOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('stageConfig', () => {
  it.each(stages)('has valid settings for %s', (stage) => {
    expect(stageConfig(stage).stage).toBe(stage);
  });

  it('keeps the data of every stage but dev', () => {
    expect(stages.filter((stage) => stageConfig(stage).keepData)).toEqual(['staging', 'prod']);
  });

  it('pays for keys, firewall and reserved concurrency only where they are worth it', () => {
    const chosen = (field: (config: StageConfig) => unknown) =>
      stages.map((stage) => field(stageConfig(stage)));
    expect(chosen((config) => config.customerKeys)).toEqual([false, true, true]);
    expect(chosen((config) => config.firewall.requestsPerAddress)).toEqual(['none', 'none', 60_000]);
    expect(chosen((config) => config.functions.process.reservedConcurrency)).toEqual([
      'unreserved',
      'unreserved',
      32,
    ]);
  });

  it('names the stages when asked for another', () => {
    expect(complaintOf(() => stageConfig('live'))).toBe(
      'stage: must be one of dev, staging, prod, not "live"',
    );
  });

  it('takes overrides of single fields', () => {
    const config = stageConfig('dev', {
      'stream.shards': '8',
      keepData: 'true',
      'functions.process.reservedConcurrency': '32',
    });
    expect(config.stream).toEqual({ shards: 8, retentionHours: 24, deviceGroups: 16 });
    expect(config.keepData).toBe(true);
    expect(config.functions.process.reservedConcurrency).toBe(32);
    expect(stageConfig('prod', { 'stream.shards': 'on-demand' }).stream.shards).toBe('on-demand');
    expect(stageConfig('dev').stream.shards).toBe(2);
  });

  it.each([
    ['stream.shards', '0', 'stream.shards: must be on-demand or a whole number from 1 to 500, not 0'],
    ['stream.shards', 'two', 'stream.shards: must be on-demand or a whole number from 1 to 500, not two'],
    ['stream.deviceGroups', '0', 'stream.deviceGroups: must be a whole number from 1 to 5000, not 0'],
    [
      'stream.deviceGroups',
      '3',
      'stream.deviceGroups: must be at least 4, so that each of the 2 shards of stream.shards has one for each of the 2 batches of processing.parallelizationFactor, not 3',
    ],
    [
      'stream.shards',
      '9',
      'stream.deviceGroups: must be at least 18, so that each of the 9 shards of stream.shards has one for each of the 2 batches of processing.parallelizationFactor, not 16',
    ],
    ['stream.shards', '', 'stream.shards: must be on-demand or a whole number from 1 to 500, not '],
    [
      'stream.retentionHours',
      'none',
      'stream.retentionHours: must be a whole number from 24 to 8760, not none',
    ],
    [
      'table.warmReadUnits',
      '100',
      'table.warmReadUnits: must be default or a whole number from 12000 to 1000000, not 100',
    ],
    [
      'firewall.requestsPerAddress',
      '9',
      'firewall.requestsPerAddress: must be none or a whole number from 10 to 2000000000, not 9',
    ],
    ['customerKeys', 'on', 'customerKeys: must be true or false, not on'],
    [
      'functions.process.reservedConcurrency',
      '3',
      'functions.process.reservedConcurrency: must be at least 4, the batches that the shards of the stream give at once',
    ],
    ['stream.shard', '2', 'stream.shard: is not a setting'],
    ['stream', '2', 'stream: is a group of settings; name one of them'],
    ['stream.shards.first', '2', 'stream.shards.first: is not a setting'],
    ['toString', '2', 'toString: is not a setting'],
    ['keepData', 'yes', 'keepData: must be true or false, not yes'],
    ['logs.level', 'LOUD', 'logs.level: must be one of DEBUG, INFO, WARN, ERROR, not LOUD'],
    [
      'storage.blockMinutes',
      '7',
      'storage.blockMinutes: must be one of 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, not 7',
    ],
    [
      'functions.ingest.timeoutSeconds',
      '29',
      "functions.ingest.timeoutSeconds: must leave room for the authorizer's 5 s within the gateway's 29 s",
    ],
    ['monitoring.email', 'on call', 'monitoring.email: must be none or a mail address, not on call'],
    [
      'monitoring.silenceMinutes',
      '7',
      'monitoring.silenceMinutes: must be none or one of 5, 10, 15, 30, 60, 120, 240, 480, 720, 1440, not 7',
    ],
    [
      'monitoring.freshness.objectivePermille',
      '1000',
      'monitoring.freshness.objectivePermille: must be a whole number from 940 to 999, not 1000',
    ],
    [
      'processing.batchingWindowSeconds',
      '30',
      'monitoring.freshness.targetSeconds: must be more than the 30 s for which a batch may gather',
    ],
    [
      'processing.recordAgeMaxSeconds',
      '86400',
      "processing.recordAgeMaxSeconds: must be less than the stream's retention of 86400 s, or a failing record vanishes before it reaches the quarantine",
    ],
    ['site.deploy', 'no', 'site.deploy: must be true or false, not no'],
    [
      'site.domainName',
      'https://weir.example.org',
      'site.domainName: must be none or a domain name in lower case, not https://weir.example.org',
    ],
    [
      'site.certificateArn',
      'arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f',
      'site.certificateArn: must be none or the ARN of a certificate in us-east-1, not arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f',
    ],
    ['site.domainName', 'weir.example.org', 'site.certificateArn: must be given with site.domainName'],
    [
      'site.certificateArn',
      'arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f',
      'site.domainName: must be given with site.certificateArn',
    ],
  ])('refuses %s=%s', (field, text, message) => {
    expect(complaintOf(() => stageConfig('dev', { [field]: text }))).toBe(message);
  });
});

describe('checkedConfig', () => {
  it('wants a device group for every batch that an on-demand stream gives at once when it begins', () => {
    const onDemand = { 'stream.shards': 'on-demand', 'processing.parallelizationFactor': '5' };
    expect(complaintOf(() => stageConfig('dev', onDemand))).toBe(
      'stream.deviceGroups: must be at least 20, so that each of the 4 shards with which an on-demand stream begins has one for each of the 5 batches of processing.parallelizationFactor, not 16',
    );
    expect(stageConfig('dev', { ...onDemand, 'stream.deviceGroups': '20' }).stream.deviceGroups).toBe(20);
  });

  it('finds a wrong value wherever it comes from', () => {
    const config: StageConfig = { ...stageConfig('dev'), quarantine: { expireAfterDays: 1.5 } };
    expect(complaintOf(() => checkedConfig(config))).toBe(
      'quarantine.expireAfterDays: must be a whole number from 7 to 3650, not 1.5',
    );
  });
});
