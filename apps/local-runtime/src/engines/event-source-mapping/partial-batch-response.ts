import { isAfter } from './stream-record.js';

export type BatchResponse =
  | { readonly kind: 'success' }
  /** Everything before the record at this index has been processed; it and all after it come again. */
  | { readonly kind: 'failedFrom'; readonly index: number }
  | { readonly kind: 'failure'; readonly reason: string };

/**
 * Reads the answer of a function that reports batch item failures. The lowest reported sequence number is the checkpoint; an
 * answer that names no failure is success; an identifier that is empty, absent or not of this batch fails the whole batch.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 */
export function readBatchResponse(payload: string, sequenceNumbers: readonly string[]): BatchResponse {
  let answer: unknown;
  try {
    answer = JSON.parse(payload);
  } catch {
    return { kind: 'failure', reason: 'the answer is not JSON' };
  }
  if (answer === null) return { kind: 'success' };
  if (typeof answer !== 'object' || Array.isArray(answer)) {
    return { kind: 'failure', reason: 'the answer is not an object' };
  }
  const failures: unknown = 'batchItemFailures' in answer ? answer.batchItemFailures : undefined;
  if (failures === undefined || failures === null) return { kind: 'success' };
  if (!Array.isArray(failures)) return { kind: 'failure', reason: 'batchItemFailures is not a list' };
  return lowestFailure(failures, sequenceNumbers);
}

function lowestFailure(failures: readonly unknown[], sequenceNumbers: readonly string[]): BatchResponse {
  const indexes = new Map(sequenceNumbers.map((sequenceNumber, index) => [sequenceNumber, index]));
  let lowest: { readonly sequenceNumber: string; readonly index: number } | undefined;
  for (const failure of failures) {
    const identifier: unknown =
      typeof failure === 'object' && failure !== null && 'itemIdentifier' in failure
        ? failure.itemIdentifier
        : undefined;
    const index = typeof identifier === 'string' ? indexes.get(identifier) : undefined;
    if (typeof identifier !== 'string' || index === undefined) {
      return {
        kind: 'failure',
        reason: `${JSON.stringify(identifier) ?? 'a missing itemIdentifier'} is not of this batch`,
      };
    }
    if (lowest === undefined || isAfter(lowest.sequenceNumber, identifier)) {
      lowest = { sequenceNumber: identifier, index };
    }
  }
  return lowest === undefined ? { kind: 'success' } : { kind: 'failedFrom', index: lowest.index };
}
