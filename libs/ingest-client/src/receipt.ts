import type { Rejection } from './reading.js';

/** What became of a batch: which of its readings, by their index, can never be accepted. All others are durable. */
export interface BatchVerdict {
  requestId: string | undefined;
  rejected: readonly (Omit<Rejection, 'requestId'> & { index: number })[];
}

/**
 * Reads the answer to a batch of `batchLength` readings: a 202 receipt, or a problem that names every reading as rejected.
 * `undefined` when it accounts for anything but each reading once, since such an answer acknowledges nothing.
 */
export function readVerdict(answer: string, batchLength: number): BatchVerdict | undefined {
  const body = parseJson(answer);
  if (!isRecord(body) || !Array.isArray(body['rejected'])) return undefined;
  const rejected = body['rejected'].filter(isRejection);
  const indexes = new Set(rejected.map(({ index }) => index));
  if (rejected.length !== body['rejected'].length || indexes.size !== rejected.length) return undefined;
  if (rejected.some(({ index }) => index >= batchLength)) return undefined;
  const accepted = body['accepted'] ?? 0;
  if (accepted !== batchLength - rejected.length) return undefined;
  return { rejected, requestId: typeof body['requestId'] === 'string' ? body['requestId'] : undefined };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is not JSON is no verdict; the caller decides what else it is.
    return undefined;
  }
}

function isRejection(value: unknown): value is BatchVerdict['rejected'][number] {
  return (
    isRecord(value) &&
    Number.isInteger(value['index']) &&
    Number(value['index']) >= 0 &&
    typeof value['code'] === 'string' &&
    typeof value['detail'] === 'string'
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
