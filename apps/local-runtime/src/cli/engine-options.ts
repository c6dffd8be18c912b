import type { KinesisChoice } from '../engines/kinesis/kinesis-engine.js';
import type { OptionValues } from './option-values.js';
import { UsageError } from './usage-error.js';

/** How the engines behave where AWS leaves a choice. */
export interface EngineOptions {
  readonly kinesis: KinesisChoice;
  /** Pause between two sweeps for expired items; 0: they stay. */
  readonly timeToLivePeriodSeconds: number;
}

export const engineOptionKinds = {
  'kinesis-engine': { type: 'string' },
  'kinesis-limits': { type: 'boolean' },
  'ttl-period': { type: 'string' },
} as const;

const periodSecondsDefault = 600;
const periodSecondsMax = 86_400;

/** @throws UsageError naming the option that is wrong. */
export function parseEngineOptions(values: OptionValues): EngineOptions {
  return {
    kinesis: { engine: kinesisEngine(values.text('kinesis-engine')), limits: values.flag('kinesis-limits') },
    timeToLivePeriodSeconds: periodSeconds(values.text('ttl-period')),
  };
}

function kinesisEngine(name: string | undefined): KinesisChoice['engine'] {
  if (name === undefined || name === 'kinesalite') return 'kinesalite';
  if (name === 'kinesis-local') return name;
  throw new UsageError(`--kinesis-engine must be kinesalite or kinesis-local, not ${name}.`);
}

function periodSeconds(text: string | undefined): number {
  if (text === undefined) return periodSecondsDefault;
  if (/^[0-9]+$/.test(text) && Number(text) <= periodSecondsMax) return Number(text);
  throw new UsageError(
    `--ttl-period must be a whole number of seconds from 0 to ${periodSecondsMax}, not ${text}.`,
  );
}
