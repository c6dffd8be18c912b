import type { Envelope } from '@weir/telemetry-schema';

export const MINUTE_MS = 60_000;
export const BLOCK_MS = 10 * MINUTE_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Shortly before a month ends, so that hours, days and months all begin within a schedule. */
export const FIRST_SLOT_MS = Date.UTC(2026, 0, 31, 22, 40);

/** The one device that is registered, and the values of its metric that are in range: up to this. */
export const REGISTERED_DEVICE = 'left';
export const RANGED_METRIC = 'ranged';
export const RANGED_MAX = 80;

export const METRICS: readonly string[] = ['free', RANGED_METRIC];

/** Devices by device group: the two of a group share their envelopes, and as a rule a shard. */
export const DEVICE_GROUPS: readonly (readonly string[])[] = [[REGISTERED_DEVICE, 'right'], ['other']];

/** What a producer puts on the stream. Without an envelope it is poison: nobody can decode it. */
export interface PutRecord {
  readonly group: number;
  readonly requestId: string;
  readonly envelope?: Envelope;
}

/** Records that follow each other closely, after a pause in which everything came to rest. */
export interface Era {
  /** How long nothing happened before; long enough for blocks to expire, or for hours too, or none. Milliseconds. */
  readonly pauseMs: number;
  /** How far behind the records come: blocks that would be older than a day are looked for in the rollups first. */
  readonly lagMs: number;
  readonly records: readonly PutRecord[];
}

/** How likely each fault is, from 0 to 1: at each call, or where it says so, at each turn or invocation. */
export interface FaultRates {
  /** The store refuses; nothing happened. */
  readonly throttle: number;
  /** The store did it, but the answer is lost. */
  readonly lostResponse: number;
  /** The caller gives up or dies while its request is on the way; the request takes effect some time afterwards. */
  readonly lateEffect: number;
  /** The container dies, just before or just after the call took effect. */
  readonly crash: number;
  /** Each turn: for a while, the store refuses nearly everything. */
  readonly storm: number;
  /** Each invocation: it has next to no time, and is killed soon after its deadline. */
  readonly hurry: number;
  /** Each invocation: it ended, but the mapping never learns how. */
  readonly lostReport: number;
  /** Each turn: a lane goes on elsewhere, from an older checkpoint, while an invocation for it is still under way. */
  readonly handover: number;
  /** Each turn: a shard is split, or two are merged. */
  readonly reshard: number;
  /** Each put: the producer did not hear the answer, and puts the very same record again. */
  readonly putAgain: number;
}

export const NO_FAULTS: FaultRates = {
  throttle: 0,
  lostResponse: 0,
  lateEffect: 0,
  crash: 0,
  storm: 0,
  hurry: 0,
  lostReport: 0,
  handover: 0,
  reshard: 0,
  putAgain: 0,
};

/** Everything about a schedule but the decisions that are taken while it runs, as plain data, so that it can be shrunk. */
export interface Workload {
  readonly eras: readonly Era[];
  readonly faults: FaultRates;
  readonly containerCount: number;
  readonly shardCount: number;
  readonly parallelizationFactor: number;
  readonly batchSizeMax: number;
  readonly roundSlotsMax: number;
  /** Whether containers remember anything. */
  readonly warm: boolean;
  /** How far the clocks of containers may be off, either way. */
  readonly clockSkewMsMax: number;
  /** Reads of several items are not one step: others go on between the items. */
  readonly tornReads: boolean;
  /** Some containers run another release, whose format this one cannot read. */
  readonly mixedReleases: boolean;
  /** The store refuses whatever concerns this device until the faults are over. */
  readonly hotDevice: string | undefined;
  /** How likely a reader begins to read at a turn. */
  readonly readChance: number;
}
