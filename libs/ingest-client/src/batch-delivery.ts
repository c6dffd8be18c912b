import { problemFrom, WeirTransportError } from '@weir/client-core';
import type { Transport, TransportResponse } from '@weir/client-core';

import { gzipBatch } from './queued-reading.js';
import type { QueuedReading } from './queued-reading.js';
import { readVerdict } from './receipt.js';
import type { BatchVerdict } from './receipt.js';

export interface BatchDelivery {
  transport: Transport;
  /** The whole URL of `POST /v1/telemetry`. */
  url: string;
  signal: AbortSignal;
  /** Called for each part of the batch as soon as its fate is known, in order. */
  onSettled(part: readonly QueuedReading[], verdict: BatchVerdict): void;
}

/**
 * Sends a batch until every reading of it is accepted or rejected. A batch that is too large (413) goes in halves, the
 * first half first; a single reading that is too large is rejected.
 *
 * @throws WeirProblemError when the API refuses the request as a whole, WeirTransportError when it cannot be reached within
 *   the transport's patience, the signal's reason when aborted. What `onSettled` was not called for is then undecided.
 */
export async function deliverBatch(batch: readonly QueuedReading[], delivery: BatchDelivery): Promise<void> {
  const response = await delivery.transport.send({
    method: 'POST',
    url: delivery.url,
    headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip', Accept: 'application/json' },
    body: await gzipBatch(batch),
    signal: delivery.signal,
    check: (answer) => checkReceipt(answer, batch.length),
  });
  const text = bodyText(response);
  if (response.status === 413) {
    await deliverHalves(batch, delivery, text);
    return;
  }
  const verdict = readVerdict(text, batch.length);
  if (verdict === undefined) throw problemFrom(response.status, text);
  delivery.onSettled(batch, verdict);
}

async function deliverHalves(
  batch: readonly QueuedReading[],
  delivery: BatchDelivery,
  answer: string,
): Promise<void> {
  if (batch.length === 1) {
    const { detail, title, requestId } = problemFrom(413, answer);
    const rejection = { index: 0, code: 'payload_too_large', detail: detail ?? title } as const;
    delivery.onSettled(batch, { requestId, rejected: [rejection] });
    return;
  }
  const middle = Math.ceil(batch.length / 2);
  await deliverBatch(batch.slice(0, middle), delivery);
  await deliverBatch(batch.slice(middle), delivery);
}

/** A 2xx that is no receipt (a captive portal's page, say) acknowledges nothing, so the batch has to go again. */
function checkReceipt(response: TransportResponse, batchLength: number): void {
  if (response.status >= 400) return;
  if (response.status !== 202 || readVerdict(bodyText(response), batchLength) === undefined) {
    const message = `The answer with status ${response.status} is no receipt for ${batchLength} readings`;
    throw new WeirTransportError('invalid_response', message);
  }
}

function bodyText(response: TransportResponse): string {
  return new TextDecoder().decode(response.body);
}
