/** What a producer puts on the stream. */
export interface StreamPayload {
  readonly records: number;
  /** As Kinesis charges them: each record by chunks of 25 KB. */
  readonly payloadUnits: number;
  /** Of the records' data, as it is stored. */
  readonly bytes: number;
}

const UNIT_BYTES = 25 * 1024;

/**
 * The payload of records of these sizes.
 *
 * @see https://aws.amazon.com/kinesis/data-streams/pricing/
 */
export function payloadOf(recordBytes: readonly number[]): StreamPayload {
  return {
    records: recordBytes.length,
    payloadUnits: recordBytes.reduce((sum, bytes) => sum + Math.max(1, Math.ceil(bytes / UNIT_BYTES)), 0),
    bytes: recordBytes.reduce((sum, bytes) => sum + bytes, 0),
  };
}
