import { DEVICE_GROUPS } from '@weir/telemetry-schema';
import { UNIT_PRICES, type Charge } from './unit-prices.js';

/** What is to be sent, and how soon it must be queryable. */
export interface Traffic {
  readonly devices: number;
  /** Seconds between two readings of a device. */
  readonly intervalSeconds: number;
  /** Metrics of a reading. */
  readonly metrics: number;
  /** Readings of a device in a request. */
  readonly perBatch: number;
  /** Devices in a request: 1 where each sends by itself. */
  readonly perGateway: number;
  /** Seconds from the request to the answer of a query that has its readings. */
  readonly freshnessSeconds: number;
}

/** What can be chosen for a stream. */
export interface Setting {
  readonly shards: number;
  /** The batching window of process-fn. */
  readonly windowSeconds: number;
}

/** A month of a setting. */
export interface MonthlyCost extends Setting {
  readonly readings: number;
  /** Readings of a device that process-fn stores with one write. */
  readonly perWrite: number;
  readonly quantities: Readonly<Record<Charge, number>>;
  readonly dollars: Readonly<Record<Charge, number>>;
  readonly total: number;
}

/** Write units of each design a reading, where `k` readings of a device come together; counted in docs/benchmarks.md. */
export const WRITE_UNITS: Readonly<Record<string, (k: number) => number>> = {
  'put per reading + ADD': (k) => 1 + 1 / k,
  'idempotency record + ADD': () => 3,
  'transaction of marker + put + ADD': (k) => 2 + 2 / k,
};

const HOURS = 730;
const SECONDS = HOURS * 3600;
const GIGABYTE = 1e9;
const KB = 1024;
/** Of one shard, in a second (https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html). */
const SHARD = { records: 1000, bytes: 1_000_000 };
/** Lambda allows windows up to five minutes. */
const WINDOWS_SECONDS = [0, 1, 2, 5, 10, 20, 30, 60, 120, 300];
/** Of freshness, left for the work itself. */
const WORK_SECONDS = 1;
/** Concurrent invocations a shard, as stage-config.ts has it. */
const PARALLELIZATION_FACTOR = 4;

/** What no benchmark has counted, assumed as in docs/deploy.md. */
export const ASSUMED = {
  ingestGigabytes: 1,
  processGigabytes: 1.73,
  ingestSeconds: (readings: number) => 0.015 + 0.00015 * (readings - 1),
  processSeconds: (writes: number) => 0.03 + 0.005 * writes,
  logBytesARequest: 2_000,
  logBytesARun: 1_500,
  bytesAMetric: 12,
  retentionDays: 30,
};

/** The cheapest setting for the wanted freshness. */
export function cheapest(traffic: Traffic): MonthlyCost {
  const costs = WINDOWS_SECONDS.filter(
    (window) => window === 0 || window + WORK_SECONDS <= traffic.freshnessSeconds,
  ).map((windowSeconds) => costOf(traffic, { windowSeconds, shards: shardsFor(traffic) }));
  return costs.reduce((best, cost) => (cost.total < best.total ? cost : best));
}

/** As few shards as the limits of records and bytes allow. */
export function shardsFor(traffic: Traffic): number {
  const { records, bytes } = streamOf(traffic);
  return Math.max(1, Math.ceil(records / SHARD.records), Math.ceil(bytes / SHARD.bytes));
}

/** What a month of this setting costs. */
export function costOf(traffic: Traffic, { shards, windowSeconds }: Setting): MonthlyCost {
  const { devices, intervalSeconds, perBatch, perGateway, metrics } = traffic;
  const readings = (devices * SECONDS) / intervalSeconds;
  const stream = streamOf(traffic);
  const requests = stream.requests * SECONDS;
  const records = stream.records * SECONDS;
  const perWrite = perBatch * Math.max(1, Math.floor(windowSeconds / (intervalSeconds * perBatch)));
  const runsMax = (shards * PARALLELIZATION_FACTOR * SECONDS) / Math.max(1, windowSeconds);
  const runs = Math.min(records, runsMax);
  const writesARun = readings / perWrite / runs;
  const quantities: Record<Charge, number> = {
    apiRequests: requests,
    invocations: requests + runs,
    gigabyteSeconds:
      requests * ASSUMED.ingestSeconds(perBatch * perGateway) * ASSUMED.ingestGigabytes +
      runs * ASSUMED.processSeconds(writesARun) * ASSUMED.processGigabytes,
    shardHours: shards * HOURS,
    payloadUnits: records * stream.unitsARecord,
    writeUnits: readings * weirWriteUnits(perWrite),
    tableGigabytes:
      (readings * ASSUMED.bytesAMetric * metrics * ASSUMED.retentionDays * 24) / HOURS / GIGABYTE,
    firehoseGigabytes: (records * Math.ceil(stream.bytesARecord / (5 * KB)) * 5 * KB) / GIGABYTE,
    logGigabytes: (requests * ASSUMED.logBytesARequest + runs * ASSUMED.logBytesARun) / GIGABYTE,
  };
  const dollars = Object.fromEntries(
    Object.entries(quantities).map(([charge, quantity]) => {
      const { dollars: perUnits, units } = UNIT_PRICES[charge as Charge];
      return [charge, (quantity / units) * perUnits];
    }),
  ) as Record<Charge, number>;
  const total = Object.values(dollars).reduce((sum, each) => sum + each, 0);
  return { shards, windowSeconds, readings, perWrite, quantities, dollars, total };
}

/** The bound that the benchmark holds Weir to, for blocks of 60 readings and three metrics. */
export function weirWriteUnits(perWrite: number): number {
  return 1 / perWrite + 0.1;
}

/** What comes onto the stream in a second. */
function streamOf({ devices, intervalSeconds, perBatch, perGateway, metrics }: Traffic) {
  const requests = devices / intervalSeconds / (perBatch * perGateway);
  const groups = DEVICE_GROUPS.fallback;
  const recordsARequest = groups * (1 - (1 - 1 / groups) ** perGateway);
  const bytesARecord = 150 + (perBatch * perGateway * ASSUMED.bytesAMetric * metrics) / recordsARequest;
  const records = requests * recordsARequest;
  return {
    requests,
    records,
    bytesARecord,
    bytes: records * bytesARecord,
    unitsARecord: Math.ceil(bytesARecord / (25 * KB)),
  };
}
