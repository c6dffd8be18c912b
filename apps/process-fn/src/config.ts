import { BLOCK_MINUTES_ALLOWED } from '@weir/aggregation';

/** What the function is told by its environment. */
export interface ProcessConfig {
  /** `TABLE_NAME`: the DynamoDB table of blocks, rollups and devices. */
  readonly tableName: string;
  /** `QUARANTINE_BUCKET`: the S3 bucket for what was accepted and cannot be stored. */
  readonly quarantineBucket: string;
  /** `STAGE`: the deployment's stage, default `dev`. */
  readonly stage: string;
  /** `BLOCK_MINUTES`: length of a block's slot, default 10. Fixed for the life of a table. */
  readonly blockMinutes: number;
  /** `REGISTRY_CACHE_SECONDS`: how long registry entries are believed, default 60. */
  readonly registryCacheMs: number;
  /** `DEVICE_CONCURRENCY`: how many devices are worked on at once, default 16. */
  readonly deviceConcurrency: number;
  /** `CACHE_MEGABYTES`: how much memory the blocks that a warm container remembers may take, default 96. */
  readonly cacheBytesMax: number;
  /** `DEADLINE_MARGIN_MS`: how long before the function's timeout no request begins any more, default 3,000. */
  readonly deadlineMarginMs: number;
}

/** A variable of the environment is missing or wrong. The message names it and says what it must be. */
export class ConfigError extends Error {
  readonly code = 'config_invalid';
  override readonly name = 'ConfigError';
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks the environment.
 *
 * @throws ConfigError naming the variable and the reason.
 */
export function readConfig(environment: Environment): ProcessConfig {
  const blockMinutes = wholeNumber(environment, 'BLOCK_MINUTES', 10, 1, 60);
  if (!BLOCK_MINUTES_ALLOWED.includes(blockMinutes)) {
    throw new ConfigError(
      `BLOCK_MINUTES: must be one of ${BLOCK_MINUTES_ALLOWED.join(', ')}, not ${blockMinutes}`,
    );
  }
  return {
    tableName: text(environment, 'TABLE_NAME'),
    quarantineBucket: text(environment, 'QUARANTINE_BUCKET'),
    stage: text(environment, 'STAGE', 'dev'),
    blockMinutes,
    registryCacheMs: wholeNumber(environment, 'REGISTRY_CACHE_SECONDS', 60, 0, 3600) * 1000,
    deviceConcurrency: wholeNumber(environment, 'DEVICE_CONCURRENCY', 16, 1, 256),
    cacheBytesMax: wholeNumber(environment, 'CACHE_MEGABYTES', 96, 1, 8192) * 1024 * 1024,
    deadlineMarginMs: wholeNumber(environment, 'DEADLINE_MARGIN_MS', 3_000, 0, 60_000),
  };
}

function text(environment: Environment, name: string, fallback?: string): string {
  const value = environment[name] ?? fallback;
  if (value === undefined || value.trim() === '') throw new ConfigError(`${name}: must be set`);
  return value;
}

function wholeNumber(
  environment: Environment,
  name: string,
  fallback: number,
  min: number,
  max: number,
): number {
  const raw = environment[name];
  if (raw === undefined) return fallback;
  if (!/^\d{1,9}$/.test(raw) || Number(raw) < min || Number(raw) > max) {
    throw new ConfigError(`${name}: must be a whole number from ${min} to ${max}, not "${raw}"`);
  }
  return Number(raw);
}
