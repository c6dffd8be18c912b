import type { Context, KinesisStreamEvent } from 'aws-lambda';
import { startObjectServer, type ObjectServer } from './testing/object-server.js';

const CONTEXT = {
  functionName: 'process-fn',
  awsRequestId: 'invocation-1',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:process-fn',
  memoryLimitInMB: '512',
  functionVersion: '1',
  getRemainingTimeInMillis: () => 30_000,
} as Context;

function eventOf(payload: string): KinesisStreamEvent {
  return {
    Records: [
      {
        awsRegion: 'eu-west-1',
        eventID: 'shardId-000000000000:491',
        eventName: 'aws:kinesis:record',
        eventSource: 'aws:kinesis',
        eventSourceARN: 'arn:aws:kinesis:eu-west-1:000000000000:stream/weir',
        eventVersion: '1.0',
        invokeIdentityArn: 'arn:aws:iam::000000000000:role/process',
        kinesis: {
          approximateArrivalTimestamp: 1_778_760_000,
          data: Buffer.from(payload).toString('base64'),
          kinesisSchemaVersion: '1.0',
          partitionKey: 'g042',
          sequenceNumber: '491',
        },
      },
    ],
  };
}

describe('handler', () => {
  const environment = { ...process.env };
  const lines: string[] = [];
  let server: ObjectServer;

  beforeAll(async () => {
    server = await startObjectServer();
    Object.assign(process.env, {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_S3: server.url,
      TABLE_NAME: 'weir',
      QUARANTINE_BUCKET: 'quarantine',
    });
    for (const stream of [process.stdout, process.stderr]) {
      jest.spyOn(stream, 'write').mockImplementation((chunk) => lines.push(String(chunk)) > 0);
    }
  });

  afterAll(async () => {
    process.env = environment;
    jest.restoreAllMocks();
    await server.close();
  });

  it('quarantines poison, answers that nothing is left, and reports without payload', async () => {
    const { handler } = await import('./handler.js');
    expect(await handler(eventOf('poison'), CONTEXT)).toEqual({ batchItemFailures: [] });
    expect([...server.objects.keys()]).toEqual([
      expect.stringMatching(/^\/quarantine\/reason=undecodable\/2026\/05\/14\//),
    ]);
    const written = lines.join('');
    expect(written).toContain('"RecordsQuarantined":1');
    expect(written).toContain('A batch was processed.');
    const line = written.split('\n').find((text) => text.includes('A batch was processed.')) ?? '';
    expect(JSON.parse(line)).toMatchObject({
      level: 'INFO',
      function_request_id: 'invocation-1',
      function_version: '1',
      shard: 'shardId-000000000000',
      firstSequence: '491',
      lastSequence: '491',
      records: 1,
      recordsQuarantined: 1,
      unfinished: 0,
      requestTraces: [],
    });
    expect(written).toMatch(/"BatchLatency":\d+/);
    expect(written).not.toContain('poison');
    expect(written).not.toContain(Buffer.from('poison').toString('base64'));
  });

  it('names the record whose quarantine failed, and says why', async () => {
    server.failing = true;
    const { handler } = await import('./handler.js');
    expect(await handler(eventOf('poison'), CONTEXT)).toEqual({
      batchItemFailures: [{ itemIdentifier: '491' }],
    });
    expect(lines.join('')).toContain('Work was left for the next delivery.');
  });
});
