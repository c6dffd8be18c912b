import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { BLOCK_FORMAT_VERSION, SUMMARY_FORMAT_VERSION } from '@weir/aggregation';

/** The first byte of what the next release encodes: today's code must refuse it, as a block and as summaries. */
export const NEXT_FORMAT = Math.max(BLOCK_FORMAT_VERSION, SUMMARY_FORMAT_VERSION) + 1;

/**
 * Makes a client see the table as the next release of the code does: that writes a format of its own, which is one more byte
 * before today's, and reads both.
 */
export function asNextRelease(client: DynamoDBDocumentClient): DynamoDBDocumentClient {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        const answer = await next({ ...args, input: withBinaries(args.input, written) as typeof args.input });
        return { ...answer, output: withBinaries(answer.output, read) as typeof answer.output };
      } catch (error) {
        // A failed condition brings what stands there.
        const item: unknown = Reflect.get(error as object, 'Item');
        if (item !== undefined) Reflect.set(error as object, 'Item', withBinaries(item, read));
        throw error;
      }
    },
    { step: 'initialize', name: 'nextRelease' },
  );
  return client;
}

function written(bytes: Uint8Array): Uint8Array {
  return Uint8Array.of(NEXT_FORMAT, ...bytes);
}

function read(bytes: Uint8Array): Uint8Array {
  return bytes[0] === NEXT_FORMAT ? bytes.subarray(1) : bytes;
}

/** The same plain value with every binary in it changed. */
function withBinaries(value: unknown, change: (bytes: Uint8Array) => Uint8Array): unknown {
  if (value instanceof Uint8Array) return change(value);
  if (Array.isArray(value)) return value.map((element) => withBinaries(element, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, withBinaries(field, change)]),
  );
}
