import { DEVICE_GROUPS } from '@weir/telemetry-schema';
import { costOf, ingestSeconds, shardsFor, type Traffic } from '../cost/cost-model.js';
import { QUOTAS } from './quotas.js';

/** What a fleet asks of the services, in every second. */
export interface Demand {
  readonly readings: number;
  readonly requests: number;
  /** Executions at once: of ingest-fn, and of process-fn. */
  readonly ingesting: number;
  readonly processing: number;
  readonly shards: number;
  readonly writeUnits: number;
  readonly readUnits: number;
}

/**
 * CPU of process-fn at a full core, from two rows of docs/benchmarks.md ("one reading a batch" and "ten readings a batch", three
 * metrics): what a write costs, and what each reading in it adds. Seconds.
 */
const CPU_SECONDS = { write: 0.00135, reading: 0.0002 };
/** An execution that is busy for longer than this share of the time falls behind at the next peak. */
const BUSY_MAX = 0.7;
/** Read units of a write, from the same rows: the registry's entry, and what the open run takes. */
const READ_UNITS_A_WRITE = 1.5;
/** How long a container uses a registry entry, `storage.registryCacheSeconds`. */
const REGISTRY_CACHE_SECONDS = 60;
/** Lambda's most of one shard. */
const PARALLELIZATION_FACTOR_MAX = 10;

/** Without waiting for more readings of a device than come in one request. */
export function demandOf(traffic: Traffic): Demand {
  const { devices, intervalSeconds, perBatch, perGateway } = traffic;
  const cost = costOf(traffic, {
    stage: 'prod',
    stream: 'provisioned',
    shards: shardsFor(traffic),
    deviceGroups: DEVICE_GROUPS.fallback,
    windowSeconds: 0,
  });
  const readings = devices / intervalSeconds;
  const perSecond = (quantity: number): number => (quantity / cost.readings) * readings;
  const requests = perSecond(cost.quantities.apiRequests);
  const writes = readings / cost.perWrite;
  const processing = (writes * CPU_SECONDS.write + readings * CPU_SECONDS.reading) / BUSY_MAX;
  return {
    readings,
    requests,
    ingesting: requests * ingestSeconds(perGateway, perBatch * perGateway),
    processing,
    shards: Math.max(shardsFor(traffic), Math.ceil(processing / PARALLELIZATION_FACTOR_MAX)),
    writeUnits: perSecond(cost.quantities.writeUnits),
    readUnits: Math.min(writes, devices / REGISTRY_CACHE_SECONDS) * READ_UNITS_A_WRITE,
  };
}

/** How far the demand takes up a default quota; 1 is all of it. */
export interface Use {
  readonly quota: keyof typeof QUOTAS;
  readonly share: number;
}

/** By quota of the account, the tightest first. */
export function usesOf(demand: Demand): Use[] {
  const { requests, ingesting, processing, shards, writeUnits, readUnits } = demand;
  const asked = {
    requests,
    concurrency: ingesting + processing,
    shards,
    tableWrites: writeUnits,
    tableReads: readUnits,
  };
  return Object.entries(asked)
    .map(([name, value]) => {
      const quota = name as keyof typeof asked;
      return { quota, share: value / QUOTAS[quota].value };
    })
    .sort((a, b) => b.share - a.share);
}
