import {
  certificateArn,
  checkFields,
  ConfigError,
  domainName,
  emailAddress,
  flag,
  integer,
  oneOfNumbers,
  oneOfWords,
  withField,
  wordOr,
  type RulesOf,
} from './config-rules.js';

export { ConfigError } from './config-rules.js';

/** The stages that can be deployed, each on its own or several in one account. */
export const stages = ['dev', 'staging', 'prod'] as const;
export type Stage = (typeof stages)[number];

export interface FunctionSettings {
  /** MiB; the CPU share grows with it. */
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** Concurrent executions set aside for and granted to this function; `unreserved`: shares the account's. */
  readonly reservedConcurrency: number | 'unreserved';
}

export interface ThrottleSettings {
  /** Requests a second, in the long run. */
  readonly rateLimit: number;
  /** Requests that may come at once. */
  readonly burstLimit: number;
}

/** Everything in which one stage differs from another. */
export interface StageConfig {
  readonly stage: Stage;
  /** Keeps stream, table and buckets when the stack is deleted, and refuses to delete the table at all. */
  readonly keepData: boolean;
  /** Encrypts data and logs with KMS keys of the stage, a dollar each a month, rather than with those that AWS manages. */
  readonly customerKeys: boolean;
  readonly stream: {
    /** Provisioned capacity, 1 MiB or 1,000 records a second each; or a stream that grows and shrinks by itself. */
    readonly shards: number | 'on-demand';
    readonly retentionHours: number;
    /**
     * A request becomes a record for each of these groups that it has devices of, so fewer are cheaper; each is processed by one
     * invocation at a time, so shards × parallelization factor of them are needed. A multiple of the shards loads them evenly.
     */
    readonly deviceGroups: number;
  };
  readonly table: {
    /**
     * What the table can serve at once, in units a second; DynamoDB only ever lets it grow. `default` is what a new
     * on-demand table has: 12,000 reads and 4,000 writes.
     */
    readonly warmReadUnits: number | 'default';
    readonly warmWriteUnits: number | 'default';
  };
  readonly storage: {
    /** Length of a block's slot; a divisor of an hour. Choose it so that a block holds about 60 to 120 readings. */
    readonly blockMinutes: number;
    /** How long a function may go on using a registry entry that it has read. */
    readonly registryCacheSeconds: number;
  };
  readonly processing: {
    readonly batchSize: number;
    /** The freshness setting: how long a batch may gather before it is processed. Longer is cheaper. */
    readonly batchingWindowSeconds: number;
    readonly parallelizationFactor: number;
    readonly retryAttempts: number;
    /** Older records go to the quarantine; must end before the stream's retention does. */
    readonly recordAgeMaxSeconds: number;
  };
  readonly archive: {
    readonly bufferSeconds: number;
    readonly bufferMib: number;
    /** After this many days an object moves to Glacier Instant Retrieval. */
    readonly coldAfterDays: number;
    /** A query that has read this much is cancelled. */
    readonly scanLimitGib: number;
  };
  readonly quarantine: { readonly expireAfterDays: number };
  readonly logs: { readonly retentionDays: number; readonly level: string };
  readonly throttle: { readonly ingest: ThrottleSettings; readonly analytics: ThrottleSettings };
  /** Requests in five minutes after which the firewall blocks an address; `none`: there is no firewall. */
  readonly firewall: { readonly requestsPerAddress: number | 'none' };
  readonly monitoring: {
    /** Who is mailed when an alarm goes off and when it is over; `none`: only other subscribers of the topic are told. */
    readonly email: string;
    /** So many minutes without an accepted reading are an alarm; `none`: silence is normal in this stage. */
    readonly silenceMinutes: number | 'none';
    /** How many of a thousand batches must be queryable within the target, counted from their oldest reading's receipt. */
    readonly freshness: { readonly targetSeconds: number; readonly objectivePermille: number };
    readonly clientErrorsMaxPercent: number;
    readonly latencyP99MaxMs: { readonly ingest: number; readonly analytics: number };
  };
  /** The dashboard as a static site. */
  readonly site: {
    /** Whether the stage has one. */
    readonly deploy: boolean;
    /** Where it is, by a name of one's own and a certificate for it in us-east-1; `none`: a name of CloudFront. */
    readonly domainName: string;
    readonly certificateArn: string;
  };
  readonly functions: {
    readonly ingest: FunctionSettings;
    readonly process: FunctionSettings;
    readonly analytics: FunctionSettings;
    readonly authorizer: FunctionSettings;
  };
}

/** The gateway gives up after 29 s, so a longer timeout behind it would only be paid for. */
const behindGateway: RulesOf<FunctionSettings> = {
  memoryMb: integer(128, 10_240),
  timeoutSeconds: integer(1, 29),
  reservedConcurrency: wordOr('unreserved', integer(1, 10_000)),
};
const throttle: RulesOf<ThrottleSettings> = {
  rateLimit: integer(1, 100_000),
  burstLimit: integer(1, 50_000),
};

const rules: RulesOf<StageConfig> = {
  stage: oneOfWords(stages),
  keepData: flag,
  customerKeys: flag,
  stream: {
    shards: wordOr('on-demand', integer(1, 500)),
    retentionHours: integer(24, 8_760),
    deviceGroups: integer(1, 5_000),
  },
  table: {
    warmReadUnits: wordOr('default', integer(12_000, 1_000_000)),
    warmWriteUnits: wordOr('default', integer(4_000, 1_000_000)),
  },
  storage: {
    blockMinutes: oneOfNumbers([1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60]),
    registryCacheSeconds: integer(1, 3_600),
  },
  processing: {
    batchSize: integer(1, 10_000),
    batchingWindowSeconds: integer(0, 300),
    parallelizationFactor: integer(1, 10),
    retryAttempts: integer(0, 10_000),
    recordAgeMaxSeconds: integer(60, 604_800),
  },
  archive: {
    bufferSeconds: integer(0, 900),
    bufferMib: integer(1, 128),
    coldAfterDays: integer(1, 3_650),
    scanLimitGib: integer(1, 7_000),
  },
  quarantine: { expireAfterDays: integer(7, 3_650) },
  logs: {
    retentionDays: oneOfNumbers([
      1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1_827, 3_653,
    ]),
    level: oneOfWords(['DEBUG', 'INFO', 'WARN', 'ERROR']),
  },
  throttle: { ingest: throttle, analytics: throttle },
  firewall: { requestsPerAddress: wordOr('none', integer(10, 2_000_000_000)) },
  monitoring: {
    email: wordOr('none', emailAddress),
    silenceMinutes: wordOr('none', oneOfNumbers([5, 10, 15, 30, 60, 120, 240, 480, 720, 1_440])),
    // 14.4 times the budget, the fast burn rate, must still be less than everything.
    freshness: { targetSeconds: integer(1, 3_600), objectivePermille: integer(940, 999) },
    clientErrorsMaxPercent: integer(1, 99),
    latencyP99MaxMs: { ingest: integer(1, 29_000), analytics: integer(1, 29_000) },
  },
  site: {
    deploy: flag,
    domainName: wordOr('none', domainName),
    certificateArn: wordOr('none', certificateArn),
  },
  functions: {
    ingest: behindGateway,
    process: { ...behindGateway, timeoutSeconds: integer(1, 900) },
    analytics: behindGateway,
    authorizer: behindGateway,
  },
};

const dev: StageConfig = {
  stage: 'dev',
  keepData: false,
  customerKeys: false,
  stream: { shards: 2, retentionHours: 24, deviceGroups: 16 },
  table: { warmReadUnits: 'default', warmWriteUnits: 'default' },
  storage: { blockMinutes: 10, registryCacheSeconds: 60 },
  processing: {
    batchSize: 500,
    batchingWindowSeconds: 1,
    parallelizationFactor: 2,
    retryAttempts: 10,
    recordAgeMaxSeconds: 6 * 3_600,
  },
  archive: { bufferSeconds: 60, bufferMib: 16, coldAfterDays: 90, scanLimitGib: 10 },
  quarantine: { expireAfterDays: 30 },
  logs: { retentionDays: 14, level: 'INFO' },
  throttle: {
    ingest: { rateLimit: 1_000, burstLimit: 2_000 },
    analytics: { rateLimit: 500, burstLimit: 1_000 },
  },
  firewall: { requestsPerAddress: 'none' },
  monitoring: {
    email: 'none',
    silenceMinutes: 'none',
    freshness: { targetSeconds: 30, objectivePermille: 990 },
    clientErrorsMaxPercent: 25,
    latencyP99MaxMs: { ingest: 2_000, analytics: 5_000 },
  },
  site: { deploy: true, domainName: 'none', certificateArn: 'none' },
  functions: {
    ingest: { memoryMb: 1_024, timeoutSeconds: 15, reservedConcurrency: 'unreserved' },
    process: { memoryMb: 1_769, timeoutSeconds: 60, reservedConcurrency: 'unreserved' },
    analytics: { memoryMb: 1_024, timeoutSeconds: 20, reservedConcurrency: 'unreserved' },
    authorizer: { memoryMb: 512, timeoutSeconds: 5, reservedConcurrency: 'unreserved' },
  },
};

const staging: StageConfig = {
  ...dev,
  stage: 'staging',
  keepData: true,
  customerKeys: true,
  archive: { bufferSeconds: 300, bufferMib: 64, coldAfterDays: 90, scanLimitGib: 100 },
  quarantine: { expireAfterDays: 90 },
  logs: { retentionDays: 30, level: 'INFO' },
  monitoring: { ...dev.monitoring, silenceMinutes: 60, clientErrorsMaxPercent: 10 },
};

const prod: StageConfig = {
  ...staging,
  stage: 'prod',
  stream: { shards: 4, retentionHours: 168, deviceGroups: 16 },
  processing: { ...dev.processing, parallelizationFactor: 4, recordAgeMaxSeconds: 24 * 3_600 },
  quarantine: { expireAfterDays: 365 },
  logs: { retentionDays: 90, level: 'INFO' },
  monitoring: { ...staging.monitoring, silenceMinutes: 15, clientErrorsMaxPercent: 5 },
  throttle: {
    ingest: { rateLimit: 4_000, burstLimit: 4_000 },
    analytics: { rateLimit: 1_000, burstLimit: 2_000 },
  },
  firewall: { requestsPerAddress: 60_000 },
  // A flood of queries cannot starve ingest. The account's quota has to leave 100 beyond the sum.
  functions: {
    ingest: { ...dev.functions.ingest, reservedConcurrency: 200 },
    process: { ...dev.functions.process, reservedConcurrency: 32 },
    analytics: { ...dev.functions.analytics, reservedConcurrency: 100 },
    authorizer: { ...dev.functions.authorizer, reservedConcurrency: 100 },
  },
};

/** https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html */
const ON_DEMAND_SHARDS_MIN = 4;

const defaults: Readonly<Record<Stage, StageConfig>> = { dev, staging, prod };

/**
 * The settings of a stage, with single fields overridden by text from the command line
 * (`{ 'stream.shards': '8' }`), validated.
 *
 * @throws ConfigError naming the field and the reason.
 */
export function stageConfig(stage: string, overrides: Readonly<Record<string, string>> = {}): StageConfig {
  const found = Object.entries(defaults).find(([name]) => name === stage);
  if (found === undefined) {
    throw new ConfigError('stage', `must be one of ${stages.join(', ')}, not ${JSON.stringify(stage)}`);
  }
  let config: StageConfig = found[1];
  for (const [field, text] of Object.entries(overrides)) config = withField(config, rules, field, text);
  return checkedConfig(config);
}

/**
 * The same settings, once every field and the fields together have been found deployable.
 *
 * @throws ConfigError naming the field and the reason.
 */
export function checkedConfig(config: StageConfig): StageConfig {
  checkFields(config, rules);
  const retentionSeconds = config.stream.retentionHours * 3_600;
  if (config.processing.recordAgeMaxSeconds >= retentionSeconds) {
    throw new ConfigError(
      'processing.recordAgeMaxSeconds',
      `must be less than the stream's retention of ${retentionSeconds} s, or a failing record vanishes before it reaches the quarantine`,
    );
  }
  checkDeviceGroups(config);
  const { shards } = config.stream;
  const { reservedConcurrency } = config.functions.process;
  const batches = shards === 'on-demand' ? 1 : shards * config.processing.parallelizationFactor;
  if (reservedConcurrency !== 'unreserved' && reservedConcurrency < batches) {
    throw new ConfigError(
      'functions.process.reservedConcurrency',
      `must be at least ${batches}, the batches that the shards of the stream give at once`,
    );
  }
  if (config.monitoring.freshness.targetSeconds <= config.processing.batchingWindowSeconds) {
    throw new ConfigError(
      'monitoring.freshness.targetSeconds',
      `must be more than the ${config.processing.batchingWindowSeconds} s for which a batch may gather`,
    );
  }
  const { site } = config;
  if ((site.domainName === 'none') !== (site.certificateArn === 'none')) {
    const [missing, given] =
      site.domainName === 'none' ? ['domainName', 'certificateArn'] : ['certificateArn', 'domainName'];
    throw new ConfigError(`site.${missing}`, `must be given with site.${given}`);
  }
  for (const api of ['ingest', 'analytics'] as const) {
    const authorizer = config.functions.authorizer.timeoutSeconds;
    if (config.functions[api].timeoutSeconds + authorizer > 29) {
      throw new ConfigError(
        `functions.${api}.timeoutSeconds`,
        `must leave room for the authorizer's ${authorizer} s within the gateway's 29 s`,
      );
    }
  }
  return config;
}

/** A group is in one shard and in one batch at a time, so what has no group of its own does nothing. */
function checkDeviceGroups({ stream, processing }: StageConfig): void {
  const { deviceGroups } = stream;
  const { parallelizationFactor } = processing;
  const shards = stream.shards === 'on-demand' ? ON_DEMAND_SHARDS_MIN : stream.shards;
  const needed = shards * parallelizationFactor;
  if (deviceGroups >= needed) return;
  const of = stream.shards === 'on-demand' ? 'with which an on-demand stream begins' : 'of stream.shards';
  throw new ConfigError(
    'stream.deviceGroups',
    `must be at least ${needed}, so that each of the ${shards} shards ${of} has one for each of the ${parallelizationFactor} batches of processing.parallelizationFactor, not ${deviceGroups}`,
  );
}
