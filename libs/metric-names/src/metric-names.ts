/** The namespace of everything that Weir itself measures. */
export const METRIC_NAMESPACE = 'Weir';

/**
 * Every metric that Weir emits, in the namespace `Weir`. Dimensions are service, stage, operation and outcome only;
 * ids of devices belong in logs. The functions, the alarms and the dashboard take the names from here.
 */
export const METRIC = {
  /** Readings that a 202 promised to keep. */
  readingsAccepted: 'ReadingsAccepted',
  readingsRejected: 'ReadingsRejected',
  envelopesPublished: 'EnvelopesPublished',
  /** Envelopes that Kinesis refused and that were sent again. */
  publishRetries: 'PublishRetries',
  /** Points that were new. */
  pointsStored: 'PointsStored',
  /** Points that were there already, equal or outranking. */
  pointsDuplicate: 'PointsDuplicate',
  /** Points that replaced a value of lower rank. */
  pointsSuperseded: 'PointsSuperseded',
  pointsQuarantined: 'PointsQuarantined',
  recordsQuarantined: 'RecordsQuarantined',
  /** Records of a batch that were left for another attempt. */
  recordsUnfinished: 'RecordsUnfinished',
  writeUnits: 'WriteUnits',
  readUnits: 'ReadUnits',
  writeConflicts: 'WriteConflicts',
  storeRetries: 'StoreRetries',
  /** Blocks that a batch needed and a warm container remembered: its cache hits. */
  blocksRemembered: 'BlocksRemembered',
  /** Blocks that a batch needed and had to ask the store for: its cache misses. */
  blocksLookedUp: 'BlocksLookedUp',
  /** From the beginning of a batch to its end, in milliseconds. */
  batchLatency: 'BatchLatency',
  /** Of a batch: from receipt of its oldest finished record to all of its finished records being queryable, in milliseconds. */
  freshness: 'Freshness',
} as const;

export type MetricName = (typeof METRIC)[keyof typeof METRIC];
