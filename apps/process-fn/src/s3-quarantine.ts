import { createHash } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Quarantine, QuarantinedItem } from './quarantine.js';

/** An object as it is to be stored in S3. */
export interface QuarantineObject {
  readonly key: string;
  readonly body: string;
}

/**
 * The object of an item. The body is JSON: `reason`, `detail`, `origin` (with `receivedAt` in epoch milliseconds) and
 * `readings` or `payload` (base64). The key, `reason=<reason>/<yyyy>/<mm>/<dd>/<sha256 of the body>.json` with the UTC day
 * of `receivedAt`, depends on nothing else, so that a redelivered record writes the same object again.
 */
export function quarantineObjectOf(item: QuarantinedItem): QuarantineObject {
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
  return { key: `reason=${item.reason}/${day}/${hash}.json`, body };
}

/** Quarantine in an S3 bucket. Retries and timeouts are those of the client. */
export function createS3Quarantine(client: S3Client, bucket: string): Quarantine {
  return {
    async put(item) {
      const { key, body } = quarantineObjectOf(item);
      await client.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: 'application/json' }),
      );
    },
  };
}
