/** What a batch brought and what became of it. */
export interface BatchTally {
  records: number;
  readings: number;
  /** Points that were new. */
  pointsStored: number;
  /** Points that were there already, equal or outranking; also those that repeat one of their own envelope. */
  pointsDuplicate: number;
  /** Points that outranked a stored one of the same identity. */
  pointsSuperseded: number;
  pointsQuarantined: number;
  recordsQuarantined: number;
  /** Blocks that this container remembered from earlier batches. */
  blocksRemembered: number;
  /** Blocks that it had to ask the store for, whether or not they exist. */
  blocksLookedUp: number;
  /** Age of the oldest record that was finished, from its receipt by ingest, in milliseconds; undefined without any. */
  freshnessMs: number | undefined;
}

export function emptyTally(): BatchTally {
  return {
    records: 0,
    readings: 0,
    pointsStored: 0,
    pointsDuplicate: 0,
    pointsSuperseded: 0,
    pointsQuarantined: 0,
    recordsQuarantined: 0,
    blocksRemembered: 0,
    blocksLookedUp: 0,
    freshnessMs: undefined,
  };
}

/** Adds the counts of a part to a whole. Ages do not add up, and are left as they are. */
export function addTally(whole: BatchTally, part: Readonly<BatchTally>): void {
  whole.records += part.records;
  whole.readings += part.readings;
  whole.pointsStored += part.pointsStored;
  whole.pointsDuplicate += part.pointsDuplicate;
  whole.pointsSuperseded += part.pointsSuperseded;
  whole.pointsQuarantined += part.pointsQuarantined;
  whole.recordsQuarantined += part.recordsQuarantined;
  whole.blocksRemembered += part.blocksRemembered;
  whole.blocksLookedUp += part.blocksLookedUp;
}
