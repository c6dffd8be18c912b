import { BLOCK_MINUTES_ALLOWED } from '@weir/aggregation';
import { Environment } from '@weir/environment';

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

/** @throws EnvironmentError naming the variable that is missing or wrong, and what it must be. */
export function readConfig(variables: Readonly<Record<string, string | undefined>>): ProcessConfig {
  const environment = new Environment(variables);
  const number = (name: string, fallback: number, min: number, max: number): number =>
    environment.wholeNumber(name, { fallback, min, max });
  return {
    tableName: environment.text('TABLE_NAME'),
    quarantineBucket: environment.text('QUARANTINE_BUCKET'),
    stage: environment.text('STAGE', 'dev'),
    blockMinutes: environment.oneOf('BLOCK_MINUTES', BLOCK_MINUTES_ALLOWED, 10),
    registryCacheMs: number('REGISTRY_CACHE_SECONDS', 60, 0, 3600) * 1000,
    deviceConcurrency: number('DEVICE_CONCURRENCY', 16, 1, 256),
    cacheBytesMax: number('CACHE_MEGABYTES', 96, 1, 8192) * 1024 * 1024,
    deadlineMarginMs: number('DEADLINE_MARGIN_MS', 3_000, 0, 60_000),
  };
}
