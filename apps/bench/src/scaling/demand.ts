import { DEVICE_GROUPS } from '@weir/telemetry-schema';
import { BUSY_MAX } from '../cost/cheapest-setting.js';
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
  const processing = cost.processing / BUSY_MAX;
  return {
    readings,
    requests,
    ingesting: requests * ingestSeconds(perGateway, perBatch * perGateway),
    processing,
    shards: Math.max(shardsFor(traffic), Math.ceil(processing / PARALLELIZATION_FACTOR_MAX)),
    writeUnits: perSecond(cost.quantities.writeUnits),
    readUnits: perSecond(cost.quantities.readUnits),
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
