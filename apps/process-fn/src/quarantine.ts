import type { EnvelopeReading, QuarantineReason } from '@weir/telemetry-schema';

/**
 * Why something is quarantined. `block_full` stands beside the reasons of the schema: the block that the reading belongs
 * to has reached the largest size that DynamoDB allows an item.
 */
export type StoreRefusal = QuarantineReason;

/** Where a record came from: enough to find it in the stream and in the archive again. */
export interface RecordOrigin {
  readonly eventId: string;
  readonly sequenceNumber: string;
  readonly shardId: string;
  readonly partitionKey: string;
  /** The ingest request, unknown where the record could not be decoded. */
  readonly requestId?: string;
  /** When ingest accepted the record, or, where it could not be decoded, when the stream did. Epoch milliseconds. */
  readonly receivedAtMs: number;
}

/**
 * What was accepted and cannot be stored, whole: either readings as they were sent (before any conversion, with the
 * offending metrics only), or the record's undecodable payload.
 */
export interface QuarantinedItem {
  readonly reason: StoreRefusal;
  /** One sentence for the person who decides what to do with it. */
  readonly detail: string;
  readonly origin: RecordOrigin;
  readonly content: { readonly readings: readonly EnvelopeReading[] } | { readonly payloadBase64: string };
}

/** Where quarantined items are kept. Putting the same item again changes nothing. */
export interface Quarantine {
  /** @throws when the item could not be made durable; its record must then come again. */
  put(item: QuarantinedItem): Promise<void>;
}
