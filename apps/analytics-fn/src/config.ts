import { BLOCK_MINUTES_ALLOWED } from '@weir/aggregation';

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

type Environment = Readonly<Record<string, string | undefined>>;

const ORIGIN = /^https?:\/\/[A-Za-z0-9.[\]:-]+$/;

/** @throws Error naming the variable that is missing or wrong, and what it must be. */
export function readConfig(environment: Environment): Config {
  const blockMinutes = wholeNumber(environment, 'BLOCK_MINUTES', 10, 60);
  if (!BLOCK_MINUTES_ALLOWED.includes(blockMinutes)) {
    throw wrong('BLOCK_MINUTES', `must be one of ${BLOCK_MINUTES_ALLOWED.join(', ')}, not ${blockMinutes}`);
  }
  const allowOrigin = environment['ALLOW_ORIGIN'] ?? '*';
  if (allowOrigin !== '*' && !ORIGIN.test(allowOrigin)) {
    throw wrong('ALLOW_ORIGIN', `must be * or an origin such as https://example.org, not "${allowOrigin}"`);
  }
  return {
    tableName: required(environment, 'TABLE_NAME'),
    stage: required(environment, 'STAGE'),
    blockMinutes,
    registryCacheMs: wholeNumber(environment, 'REGISTRY_CACHE_SECONDS', 60, 3600) * 1000,
    allowOrigin,
  };
}

function required(environment: Environment, name: string): string {
  const value = environment[name];
  if (value === undefined || value.trim() === '') throw wrong(name, 'is not set');
  return value;
}

function wholeNumber(environment: Environment, name: string, fallback: number, max: number): number {
  const text = environment[name];
  if (text === undefined) return fallback;
  if (!/^\d{1,9}$/.test(text) || Number(text) > max) {
    throw wrong(name, `must be a whole number from 0 to ${max}, not "${text}"`);
  }
  return Number(text);
}

function wrong(name: string, reason: string): Error {
  return new Error(`The environment variable ${name} ${reason}.`);
}
