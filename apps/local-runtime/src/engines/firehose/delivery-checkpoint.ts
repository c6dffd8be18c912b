import { readFile } from 'node:fs/promises';
import { writeFileAtomically } from '../../state/atomic-file.js';
import { reasonOf, RuntimeError, systemCode } from '../../runtime-error.js';

/** How far a delivery stream has come. */
export interface DeliveryCheckpoint {
  /** When the delivery stream was created: shards without a sequence number are read from here, in ms. */
  readonly startMs: number;
  /** Shard id to the last sequence number whose record stands in the bucket. */
  readonly shards: Readonly<Record<string, string>>;
}

/**
 * Reads the checkpoint, or creates and stores the first one.
 *
 * @throws RuntimeError `data_directory_damaged` when the file is not a checkpoint.
 */
export async function openCheckpoint(file: string, nowMs: number): Promise<DeliveryCheckpoint> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    const first: DeliveryCheckpoint = { startMs: nowMs, shards: {} };
    await saveCheckpoint(file, first);
    return first;
  }
  try {
    const value = JSON.parse(text) as Partial<DeliveryCheckpoint>;
    if (typeof value.startMs !== 'number' || typeof value.shards !== 'object')
      throw new Error('a field is missing');
    return { startMs: value.startMs, shards: value.shards };
  } catch (error) {
    throw new RuntimeError(
      'data_directory_damaged',
      `The delivery checkpoint ${file} is damaged (${reasonOf(error)}): delete it to deliver what is in the stream from now on.`,
      { cause: error },
    );
  }
}

/** Stores a checkpoint in place of the older one, whole or not at all. */
export async function saveCheckpoint(file: string, checkpoint: DeliveryCheckpoint): Promise<void> {
  await writeFileAtomically(file, JSON.stringify(checkpoint));
}
