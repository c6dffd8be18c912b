import { unpackEnvelope } from '@weir/envelope-stream';
import type { Envelope } from '@weir/telemetry-schema';
import { sentPointKey, type SentPoint } from './account-points.js';
import type { ReceiptRange } from './archive-scan.js';
import type { Objects } from './objects.js';
import { quarantinedObjects } from './quarantine-listing.js';
import type { QuarantinedObject } from './quarantined-object.js';

/** What the quarantine has of what was received in a range. */
export class QuarantinedPoints {
  private readonly points = new Set<string>();
  private readonly records = new Set<string>();

  /** Reads the whole quarantine of records that were given up, which are not named for their time of receipt. */
  static async read(quarantine: Objects, { fromMs, toMs }: ReceiptRange): Promise<QuarantinedPoints> {
    const points = new QuarantinedPoints();
    for await (const object of quarantinedObjects(quarantine, { fromMs, toMs })) points.add(object);
    for await (const object of quarantinedObjects(quarantine, { reason: 'batch_failed' })) points.add(object);
    return points;
  }

  has(point: SentPoint): boolean {
    return this.points.has(sentPointKey(point));
  }

  hasRecord({ requestId, receivedAt }: Envelope, deviceId: string): boolean {
    return this.records.has(recordKey(requestId, receivedAt, deviceId));
  }

  private add({ content, receivedAtMs }: QuarantinedObject): void {
    if (content.kind === 'records') {
      for (const { data } of content.records) this.addRecord(data);
      return;
    }
    for (const { deviceId, timestamp, revision = 0, metrics } of content.readings) {
      for (const [metric, value] of Object.entries(metrics)) {
        const { requestId } = content;
        const point = { requestId, receivedAtMs, deviceId, timestampMs: timestamp, revision, metric, value };
        this.points.add(sentPointKey(point));
      }
    }
  }

  private addRecord(data: Uint8Array): void {
    let envelope: Envelope;
    try {
      envelope = unpackEnvelope(data);
    } catch {
      return; // What is no envelope carries no point that was acknowledged.
    }
    const { requestId, receivedAt, readings } = envelope;
    for (const { deviceId } of readings) this.records.add(recordKey(requestId, receivedAt, deviceId));
  }
}

/** All envelopes of a request that hold readings of one device. */
function recordKey(requestId: string, receivedAt: number, deviceId: string): string {
  return JSON.stringify([requestId, receivedAt, deviceId]);
}
