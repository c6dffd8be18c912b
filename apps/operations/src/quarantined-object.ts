import { readEnvelope, type PackedEnvelope } from '@weir/envelope-stream';
import type { EnvelopeReading, QuarantineReason } from '@weir/telemetry-schema';

/** Why an object is there: what process-fn gives as its reason, or that Lambda gave the records up. */
export type ObjectReason = QuarantineReason | 'batch_failed';

export const OBJECT_REASONS: readonly ObjectReason[] = [
  'undecodable',
  'out_of_range',
  'not_finite',
  'block_full',
  'block_expired',
  'batch_failed',
];

/** What an object of the quarantine holds: readings, one undecodable record, or whole records that Lambda gave up. */
export type QuarantinedContent =
  | { readonly kind: 'readings'; readonly readings: readonly EnvelopeReading[]; readonly requestId: string }
  | { readonly kind: 'records'; readonly records: readonly PackedEnvelope[] };

export interface QuarantinedObject {
  readonly key: string;
  readonly reason: ObjectReason;
  /** One sentence for the person who decides what to do with it. */
  readonly detail: string;
  /** When ingest accepted it, or, where that is not known, when the stream did. Epoch milliseconds. */
  readonly receivedAtMs: number;
  readonly content: QuarantinedContent;
}

/** An object of the quarantine cannot be read. The message names the key and the field. */
export class QuarantinedObjectError extends Error {
  override readonly name = 'QuarantinedObjectError';
}

/** What Lambda writes for records that it gave up stands under this prefix. */
export const INVOCATION_RECORD_PREFIX = 'aws/lambda/';

/**
 * Reads an object that process-fn or Lambda wrote.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 * @throws QuarantinedObjectError
 */
export function readQuarantinedObject(key: string, body: Uint8Array): QuarantinedObject {
  try {
    const value = asObject('the object', JSON.parse(Buffer.from(body).toString('utf8')));
    return key.startsWith(INVOCATION_RECORD_PREFIX) ? invocationRecord(key, value) : refusal(key, value);
  } catch (error) {
    throw new QuarantinedObjectError(`${key}: ${(error as Error).message}`, { cause: error });
  }
}

function refusal(key: string, value: Fields): QuarantinedObject {
  const reason = OBJECT_REASONS.find((known) => known === value['reason']);
  if (reason === undefined) throw new TypeError(`reason ${JSON.stringify(value['reason'])} is unknown`);
  const origin = asObject('origin', value['origin']);
  const receivedAtMs = asTime('origin.receivedAt', origin['receivedAt']);
  const content: QuarantinedContent =
    value['readings'] === undefined
      ? { kind: 'records', records: [recordOf('payload', value['payload'], origin['partitionKey'])] }
      : readingsOf(value['readings'], receivedAtMs, origin['requestId']);
  return { key, reason, detail: asText('detail', value['detail']), receivedAtMs, content };
}

function invocationRecord(key: string, value: Fields): QuarantinedObject {
  const { condition, approximateInvokeCount } = asObject('requestContext', value['requestContext']);
  const info = asObject('KinesisBatchInfo', value['KinesisBatchInfo']);
  const { payload } = value;
  const event = asObject('payload', typeof payload === 'string' ? JSON.parse(payload) : payload);
  if (!Array.isArray(event['Records'])) throw new TypeError('payload.Records is not an array');
  const records = event['Records'].map((record: unknown, index) => {
    const kinesis = asObject(`payload.Records[${index}].kinesis`, asObject('record', record)['kinesis']);
    return recordOf(`payload.Records[${index}].kinesis.data`, kinesis['data'], kinesis['partitionKey']);
  });
  const arrival = Date.parse(
    asText('approximateArrivalOfFirstRecord', info['approximateArrivalOfFirstRecord']),
  );
  return {
    key,
    reason: 'batch_failed',
    detail: `${String(condition)} after ${String(approximateInvokeCount)} invocations`,
    receivedAtMs: asTime('approximateArrivalOfFirstRecord', arrival),
    content: { kind: 'records', records },
  };
}

/** Readings are checked as those of an envelope are. */
function readingsOf(readings: unknown, receivedAt: number, requestId: unknown): QuarantinedContent {
  const id = requestId === undefined ? '' : asText('origin.requestId', requestId);
  const text = JSON.stringify({ version: 1, receivedAt, requestId: id, readings });
  return { kind: 'readings', readings: readEnvelope(text).readings, requestId: id };
}

function recordOf(field: string, data: unknown, partitionKey: unknown): PackedEnvelope {
  return {
    partitionKey: asText('partitionKey', partitionKey),
    data: Buffer.from(asText(field, data), 'base64'),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function asObject(field: string, value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new TypeError(`${field} is not an object`);
}

function asText(field: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`${field} is not a text`);
}

function asTime(field: string, value: unknown): number {
  if (Number.isSafeInteger(value)) return value as number;
  throw new TypeError(`${field} is not in epoch milliseconds`);
}
