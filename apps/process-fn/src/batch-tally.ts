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
    freshnessMs: undefined,
  };
}
