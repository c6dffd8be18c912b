import { DEVICE_GROUPS } from '@weir/telemetry-schema';
import {
  costOf,
  shardsByLimit,
  type MonthlyCost,
  type Setting,
  type StreamMode,
  type Traffic,
} from './cost-model.js';
import { STAGE_SETTINGS, type Stage } from './stage-settings.js';

/** Which constraint decided each part of a setting. */
export interface Constraints {
  /** `none`: a stream has no fewer. `processing`: process-fn would be too busy with the batches of fewer. */
  readonly shards: 'none' | 'records' | 'bytes' | 'processing';
  /** `batches`: the stage has fewer, but each batch that the shards give at once needs one. */
  readonly deviceGroups: 'stage' | 'batches';
  /** `freshness`: a longer one would be cheaper. `cost`: no other would be. */
  readonly window: 'freshness' | 'cost';
}

export interface Choice extends MonthlyCost {
  readonly decidedBy: Constraints;
}

/** Lambda allows windows up to five minutes. */
const WINDOWS_SECONDS = [0, 1, 2, 5, 10, 20, 30, 60, 120, 300];
/** Of freshness, left for the work itself. */
const WORK_SECONDS = 1;
/** An execution that is busy for longer than this share of the time falls behind at the next peak. */
export const BUSY_MAX = 0.7;
/** Of one stage, by its configuration. */
const SHARDS_MAX = 500;
/**
 * Shards that a new on-demand stream has, and how much of the peak that it has seen it takes
 * (https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html).
 */
const ON_DEMAND = { shardsMin: 4, headroom: 2 };

/**
 * The cheapest setting for the wanted freshness, with a stream of this kind and no fewer shards and device groups than are
 * needed.
 *
 * @throws Error where it is more than one stage takes
 */
export function cheapest(traffic: Traffic, stage: Stage, stream: StreamMode): Choice {
  const choices = WINDOWS_SECONDS.map((window) => fitting(traffic, stage, stream, window));
  const best = cheaper(
    choices.filter(
      ({ windowSeconds }) => windowSeconds === 0 || windowSeconds + WORK_SECONDS <= traffic.freshnessSeconds,
    ),
  );
  const window = cheaper(choices).total < best.total ? 'freshness' : 'cost';
  return { ...best, decidedBy: { ...best.decidedBy, window } };
}

/** The one with the lowest total, and of equals the first. */
export function cheaper<Cost extends MonthlyCost>(costs: readonly Cost[]): Cost {
  return costs.reduce((best, cost) => (cost.total < best.total ? cost : best));
}

/**
 * With as few shards as records, bytes and process-fn need, and a device group for each batch that they give at once. More
 * groups make more records of a gateway's request, so both grow until they fit.
 */
function fitting(traffic: Traffic, stage: Stage, stream: StreamMode, windowSeconds: number): Choice {
  const { parallelizationFactor, deviceGroups: ofStage } = STAGE_SETTINGS[stage];
  const least = stream === 'on-demand' ? ON_DEMAND.shardsMin : 1;
  let setting: Setting = { stage, stream, windowSeconds, shards: least, deviceGroups: ofStage };
  for (;;) {
    const batches = setting.shards * parallelizationFactor;
    setting = { ...setting, deviceGroups: Math.max(setting.deviceGroups, batches) };
    checkTaken(setting);
    const cost = costOf(traffic, setting);
    const needed = shardsNeeded(traffic, setting, cost.processing / BUSY_MAX / parallelizationFactor);
    const shards = Math.max(...Object.values(needed));
    if (shards <= setting.shards) {
      const limit = (['records', 'bytes', 'processing'] as const).find((name) => needed[name] === shards)!;
      return {
        ...cost,
        decidedBy: {
          shards: setting.shards === least ? 'none' : limit,
          deviceGroups: setting.deviceGroups === ofStage ? 'stage' : 'batches',
          window: 'cost',
        },
      };
    }
    setting = { ...setting, shards };
  }
}

function shardsNeeded(traffic: Traffic, { stream, deviceGroups }: Setting, busyShards: number) {
  const { records, bytes } = shardsByLimit(traffic, deviceGroups);
  const headroom = stream === 'on-demand' ? ON_DEMAND.headroom : 1;
  return { records: headroom * records, bytes: headroom * bytes, processing: Math.ceil(busyShards) };
}

function checkTaken({ stream, shards, deviceGroups }: Setting): void {
  const more = 'divide the devices among several, as docs/scaling.md has it';
  if (stream === 'provisioned' && shards > SHARDS_MAX)
    throw new Error(`${shards} shards would be needed, and a stage takes ${SHARDS_MAX}: ${more}`);
  if (deviceGroups > DEVICE_GROUPS.max)
    throw new Error(
      `${deviceGroups} device groups would be needed, and a stage takes ${DEVICE_GROUPS.max}: ${more}`,
    );
}
