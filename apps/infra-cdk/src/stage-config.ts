import {
  checkFields,
  ConfigError,
  flag,
  integer,
  oneOfNumbers,
  oneOfWords,
  optional,
  withField,
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
  /** Concurrent executions set aside for and granted to this function; absent: shares the account's. */
  readonly reservedConcurrency?: number;
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
  readonly stream: { readonly shards: number; readonly retentionHours: number };
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
  };
  readonly quarantine: { readonly expireAfterDays: number };
  readonly logs: { readonly retentionDays: number; readonly level: string };
  readonly throttle: { readonly ingest: ThrottleSettings; readonly analytics: ThrottleSettings };
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
  reservedConcurrency: optional(integer(1, 10_000)),
};
const throttle: RulesOf<ThrottleSettings> = {
  rateLimit: integer(1, 100_000),
  burstLimit: integer(1, 50_000),
};

const rules: RulesOf<StageConfig> = {
  stage: oneOfWords(stages),
  keepData: flag,
  stream: { shards: integer(1, 500), retentionHours: integer(24, 8_760) },
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
  archive: { bufferSeconds: integer(0, 900), bufferMib: integer(1, 128), coldAfterDays: integer(1, 3_650) },
  quarantine: { expireAfterDays: integer(7, 3_650) },
  logs: {
    retentionDays: oneOfNumbers([
      1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1_827, 3_653,
    ]),
    level: oneOfWords(['DEBUG', 'INFO', 'WARN', 'ERROR']),
  },
  throttle: { ingest: throttle, analytics: throttle },
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
  stream: { shards: 2, retentionHours: 24 },
  storage: { blockMinutes: 10, registryCacheSeconds: 60 },
  processing: {
    batchSize: 500,
    batchingWindowSeconds: 1,
    parallelizationFactor: 2,
    retryAttempts: 10,
    recordAgeMaxSeconds: 6 * 3_600,
  },
  archive: { bufferSeconds: 60, bufferMib: 16, coldAfterDays: 90 },
  quarantine: { expireAfterDays: 30 },
  logs: { retentionDays: 14, level: 'INFO' },
  throttle: {
    ingest: { rateLimit: 1_000, burstLimit: 2_000 },
    analytics: { rateLimit: 500, burstLimit: 1_000 },
  },
  functions: {
    ingest: { memoryMb: 1_024, timeoutSeconds: 15 },
    process: { memoryMb: 1_769, timeoutSeconds: 60 },
    analytics: { memoryMb: 1_024, timeoutSeconds: 20 },
    authorizer: { memoryMb: 512, timeoutSeconds: 5 },
  },
};

const staging: StageConfig = {
  ...dev,
  stage: 'staging',
  keepData: true,
  archive: { bufferSeconds: 300, bufferMib: 64, coldAfterDays: 90 },
  quarantine: { expireAfterDays: 90 },
  logs: { retentionDays: 30, level: 'INFO' },
};

const prod: StageConfig = {
  ...staging,
  stage: 'prod',
  stream: { shards: 4, retentionHours: 168 },
  processing: { ...dev.processing, parallelizationFactor: 4, recordAgeMaxSeconds: 24 * 3_600 },
  quarantine: { expireAfterDays: 365 },
  logs: { retentionDays: 90, level: 'INFO' },
  throttle: {
    ingest: { rateLimit: 4_000, burstLimit: 4_000 },
    analytics: { rateLimit: 1_000, burstLimit: 2_000 },
  },
};

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
