import { BLOCK_MINUTES_ALLOWED } from '@weir/aggregation';
import { Environment, EnvironmentError } from '@weir/environment';

/** What the function is told by its environment. */
export interface Config {
  /** `TABLE_NAME`: the DynamoDB table of blocks, rollups and devices. */
  readonly tableName: string;
  /** `STAGE`: the deployment's stage. */
  readonly stage: string;
  /** `BLOCK_MINUTES`: length of a block's slot, default 10. Fixed for the life of a table. */
  readonly blockMinutes: number;
  /** `REGISTRY_CACHE_SECONDS`: how long process-fn believes a registry entry, default 60. */
  readonly registryCacheMs: number;
  /** `ALLOW_ORIGIN`: the origin whose pages may call the API, default `*`. */
  readonly allowOrigin: string;
}

const ORIGIN = /^https?:\/\/[A-Za-z0-9.[\]:-]+$/;

/** @throws EnvironmentError naming the variable that is missing or wrong, and what it must be. */
export function readConfig(variables: Readonly<Record<string, string | undefined>>): Config {
  const environment = new Environment(variables);
  const cacheBounds = { fallback: 60, min: 0, max: 3600 };
  const allowOrigin = environment.text('ALLOW_ORIGIN', '*');
  if (allowOrigin !== '*' && !ORIGIN.test(allowOrigin)) {
    const reason = `must be * or an origin such as https://example.org, not "${allowOrigin}"`;
    throw new EnvironmentError('ALLOW_ORIGIN', reason);
  }
  return {
    tableName: environment.text('TABLE_NAME'),
    stage: environment.text('STAGE'),
    blockMinutes: environment.oneOf('BLOCK_MINUTES', BLOCK_MINUTES_ALLOWED, 10),
    registryCacheMs: environment.wholeNumber('REGISTRY_CACHE_SECONDS', cacheBounds) * 1000,
    allowOrigin,
  };
}
