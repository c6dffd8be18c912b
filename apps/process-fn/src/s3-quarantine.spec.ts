import { createHash } from 'node:crypto';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { S3PutClient } from './s3-put-client.js';
import { quarantineObjectOf, createS3Quarantine } from './s3-quarantine.js';
import type { QuarantinedItem } from './quarantine.js';
import { startObjectServer } from './testing/object-server.js';
import { NOON_MS, makeReading } from './testing/test-batch.js';

const ITEM: QuarantinedItem = {
  reason: 'out_of_range',
  detail: 'flow: 11 is outside [0, 10]',
  origin: {
    eventId: 'shardId-000000000000:7',
    sequenceNumber: '7',
    shardId: 'shardId-000000000000',
    partitionKey: 'g001',
    requestId: 'request-1',
    receivedAtMs: NOON_MS,
  },
  content: { readings: [makeReading()] },
};

describe('quarantineObjectOf', () => {
  it('has everything that is needed to send it again', () => {
    expect(JSON.parse(quarantineObjectOf(ITEM).body)).toEqual({
      reason: 'out_of_range',
      detail: 'flow: 11 is outside [0, 10]',
      origin: {
        eventId: 'shardId-000000000000:7',
        sequenceNumber: '7',
        shardId: 'shardId-000000000000',
        partitionKey: 'g001',
        requestId: 'request-1',
        receivedAt: NOON_MS,
      },
      readings: [{ deviceId: 'pump-1', timestamp: NOON_MS, metrics: { flow: 1 } }],
    });
    const undecodable = { ...ITEM, content: { payloadBase64: 'AAAA' } };
    expect(JSON.parse(quarantineObjectOf(undecodable).body)).toMatchObject({ payload: 'AAAA' });
  });

  it('is named by reason, day of receipt and content', () => {
    const { key, body } = quarantineObjectOf(ITEM);
    const hash = createHash('sha256').update(body).digest('hex');
    expect(key).toBe(`reason=out_of_range/2026/05/14/${hash}.json`);
    expect(quarantineObjectOf(structuredClone(ITEM)).key).toBe(key);
    expect(quarantineObjectOf({ ...ITEM, detail: 'another' }).key).not.toBe(key);
  });
});

describe('createS3Quarantine', () => {
  it('puts the object, and fails if it cannot', async () => {
    const server = await startObjectServer();
    const client = new S3PutClient({
      bucket: 'bucket',
      location: { region: 'eu-west-1', endpoint: new URL(server.url), fips: false, dualStack: false },
      credentials: async () => ({ accessKeyId: 'test', secretAccessKey: 'test' }),
      requestHandler: new NodeHttpHandler(),
      maxAttempts: 1,
    });
    try {
      const quarantine = createS3Quarantine(client);
      await quarantine.put(ITEM);
      const { key, body } = quarantineObjectOf(ITEM);
      expect(server.objects.get(`/bucket/${key}`)).toBe(body);
      server.failing = true;
      await expect(quarantine.put(ITEM)).rejects.toThrow();
    } finally {
      client.destroy();
      await server.close();
    }
  });
});
