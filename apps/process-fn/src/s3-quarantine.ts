import { createHash } from 'node:crypto';
import type { Quarantine, QuarantinedItem } from './quarantine.js';
import type { S3Object, S3PutClient } from './s3-put-client.js';

/**
 * The object of an item. The body is JSON: `reason`, `detail`, `origin` (with `receivedAt` in epoch milliseconds) and
 * `readings` or `payload` (base64). The key, `reason=<reason>/<yyyy>/<mm>/<dd>/<sha256 of the body>.json` with the UTC day
 * of `receivedAt`, depends on nothing else, so that a redelivered record writes the same object again.
 */
export function quarantineObjectOf(item: QuarantinedItem): S3Object {
  const { receivedAtMs, eventId, sequenceNumber, shardId, partitionKey, requestId } = item.origin;
  const content =
    'readings' in item.content
      ? { readings: item.content.readings }
      : { payload: item.content.payloadBase64 };
  const body = JSON.stringify({
    reason: item.reason,
    detail: item.detail,
    origin: { eventId, sequenceNumber, shardId, partitionKey, requestId, receivedAt: receivedAtMs },
    ...content,
  });
  const day = new Date(receivedAtMs).toISOString().slice(0, 10).replaceAll('-', '/');
  const hash = createHash('sha256').update(body).digest('hex');
  return { key: `reason=${item.reason}/${day}/${hash}.json`, body, contentType: 'application/json' };
}

/** Quarantine in the client's bucket. Retries and timeouts are those of the client. */
export function createS3Quarantine(client: S3PutClient): Quarantine {
  return { put: (item) => client.put(quarantineObjectOf(item)) };
}
