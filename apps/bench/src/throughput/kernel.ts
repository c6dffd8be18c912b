import { gunzipSync } from 'node:zlib';
import { emptyBlock, encodeBlock, mergeReadings, windowAt, type Block } from '@weir/aggregation';
import { groupReadings } from '@weir/device-blocks';
import { unpackEnvelope } from '@weir/envelope-stream';

/** The least that anybody does with an envelope: what the function's arithmetic is held against. */
export function decode(dataBase64: string): unknown {
  return JSON.parse(gunzipSync(Buffer.from(dataBase64, 'base64')).toString('utf8'));
}

export interface StoredReadings {
  readonly deviceId: string;
  readonly block: Block;
  readonly bytes: Uint8Array;
}

/**
 * What process-fn does with an envelope of one device and one block, but for input and output: decodes it, cleanses and
 * merges its readings, and encodes the block.
 *
 * @param standing the block as it is remembered; without it, it has yet to begin
 * @param blockMs length of a block's slot in milliseconds
 */
export function storeReadings(
  dataBase64: string,
  standing: Block | undefined,
  blockMs: number,
): StoredReadings {
  const { receivedAt: receivedAtMs, readings } = unpackEnvelope(Buffer.from(dataBase64, 'base64'));
  const [first] = readings;
  if (first === undefined) throw new Error('the envelope is empty');
  const { slots } = groupReadings([{ record: 0, receivedAtMs, readings }], [], blockMs);
  let block = standing ?? emptyBlock(windowAt(blockMs, first.timestamp));
  for (const slot of slots) block = mergeReadings(block, slot.readings).block;
  return { deviceId: first.deviceId, block, bytes: encodeBlock(block) };
}
