import type { Reading } from './reading.js';

/** A reading on its way, with the text that will be sent for it. */
export interface QueuedReading {
  /** As given to `send`, for the callbacks. */
  reading: Reading;
  /** Its JSON as of the time of `send`, so that a caller may use the object again. */
  json: string;
  sizeBytes: number;
  /** Counts the calls of `send`, from 1. */
  sequence: number;
  queuedAtMs: number;
}

/** Length of `{"readings":[]}`. */
export const BATCH_FRAME_BYTES = 15;

const encoder = new TextEncoder();

/**
 * Takes a reading into the form in which it waits.
 *
 * @throws TypeError when it has no JSON form (a `bigint` value, a cycle, `undefined`).
 */
export function queuedReading(reading: Reading, sequence: number, queuedAtMs: number): QueuedReading {
  const json: string | undefined = JSON.stringify(reading);
  if (json === undefined) throw new TypeError('A reading must be an object');
  return { reading, json, sizeBytes: encoder.encode(json).length, sequence, queuedAtMs };
}

/** Writes a request's body and compresses it. */
export async function gzipBatch(batch: readonly QueuedReading[]): Promise<Uint8Array<ArrayBuffer>> {
  const text = `{"readings":[${batch.map(({ json }) => json).join(',')}]}`;
  const compressed = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(compressed).arrayBuffer());
}
