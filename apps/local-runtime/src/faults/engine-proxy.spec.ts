import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { startS3Server, type S3Server } from '../engines/s3/s3-server.js';
import type { CallDecision, CallFault } from './call-decision.js';
import { startEngineProxy, type Caller, type EngineProxy, type EngineProxyOptions } from './engine-proxy.js';
import type { FaultedCall, FaultedService } from './faulted-call.js';

interface SeenCall {
  readonly path: string | undefined;
  readonly target: string | string[] | undefined;
  readonly body: string;
}

let engine: Server;
let engineUrl: string;
let seen: SeenCall[];
let answer: (body: string) => object;
let proxy: EngineProxy | undefined;
let decisions: CallDecision[];
let decided: FaultedCall[];
let applied: object[];
let killed: Caller[];
let trouble: string[];
let admit: EngineProxyOptions['admit'];

beforeEach(async () => {
  [seen, decisions, decided, applied, killed, trouble] = [[], [], [], [], [], []];
  answer = () => ({});
  admit = () => undefined;
  engine = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      seen.push({ path: request.url, target: request.headers['x-amz-target'], body });
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': 'r1' });
      response.end(JSON.stringify(answer(body)));
    });
  });
  await new Promise<void>((resolve) => engine.listen(0, '127.0.0.1', () => resolve()));
  engineUrl = `http://127.0.0.1:${(engine.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await proxy?.close();
  proxy = undefined;
  engine.closeAllConnections();
  await new Promise((resolve) => engine.close(resolve));
});

/** Starts the proxy with the decisions on the first calls; the ones after are forwarded. */
async function start(service: FaultedService, ...first: Partial<CallDecision>[]): Promise<string> {
  decisions.push(...first.map((decision) => ({ delayMs: 0, rules: [0], ...decision })));
  proxy = await startEngineProxy({
    service,
    engineUrl,
    admit: (call, request) => admit(call, request),
    decide: (call) => {
      decided.push(call);
      return decisions.shift() ?? { delayMs: 0, rules: [] };
    },
    applied: (call, { fault }, details) => applied.push({ ...call, kind: fault?.kind, ...details }),
    kill: (caller) => killed.push(caller),
    onTrouble: (message) => trouble.push(message),
  });
  return proxy.endpointOf({ functionName: 'process-fn', workerId: 'w3' });
}

const clientOptions = {
  region: 'eu-west-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  maxAttempts: 1,
  requestHandler: new NodeHttpHandler(),
};

async function putItem(endpoint: string): Promise<'done' | string> {
  const client = new DynamoDBClient({ ...clientOptions, endpoint });
  try {
    await client.send(new PutItemCommand({ TableName: 't', Item: { pk: { S: 'a' } } }));
    return 'done';
  } catch (error) {
    // The SDK wraps an error of another realm, as Node's own are to Jest.
    const { name, message } = error as Error;
    return message.includes('ECONNRESET') ? 'ECONNRESET' : name;
  } finally {
    client.destroy();
  }
}

const fault = (value: CallFault): Partial<CallDecision> => ({ fault: value });

async function untilSeen(count: number): Promise<void> {
  while (seen.length < count) await delay(2);
}

describe('the proxy in front of an engine', () => {
  it('hands calls of an SDK on unchanged, and knows who calls', async () => {
    expect(await putItem(await start('dynamodb'))).toBe('done');
    expect(seen).toEqual([
      {
        path: '/',
        target: 'DynamoDB_20120810.PutItem',
        body: JSON.stringify({ TableName: 't', Item: { pk: { S: 'a' } } }),
      },
    ]);
    expect(decided).toEqual([{ service: 'dynamodb', operation: 'PutItem', functionName: 'process-fn' }]);
    expect(applied).toEqual([]);
  });

  it('answers a call that may not pass in place of the engine, whatever faults there are', async () => {
    admit = ({ functionName }, { body }) => ({
      statusCode: 400,
      headers: { 'content-type': 'application/x-amz-json-1.0' },
      body: Buffer.from(
        JSON.stringify({ __type: 'NoException', message: `${functionName} ${body.byteLength}` }),
      ),
    });
    expect(await putItem(await start('dynamodb', fault({ kind: 'loseRequest' })))).toBe('NoException');
    expect([seen, decided, applied]).toEqual([[], [], []]);
  });

  it('delays', async () => {
    const endpoint = await start('dynamodb', { delayMs: 80 });
    const beganMs = performance.now();
    expect(await putItem(endpoint)).toBe('done');
    expect(performance.now() - beganMs).toBeGreaterThan(75);
    expect(applied).toHaveLength(1);
  });

  it('loses requests', async () => {
    expect(await putItem(await start('dynamodb', fault({ kind: 'loseRequest' })))).toBe('ECONNRESET');
    expect(seen).toEqual([]);
    expect(applied).toEqual([expect.objectContaining({ kind: 'loseRequest', operation: 'PutItem' })]);
  });

  it('loses responses', async () => {
    expect(await putItem(await start('dynamodb', fault({ kind: 'loseResponse' })))).toBe('ECONNRESET');
    expect(seen).toHaveLength(1);
  });

  it('lets requests arrive late', async () => {
    const endpoint = await start('dynamodb', fault({ kind: 'arriveLate', delayMs: 50 }));
    expect(await putItem(endpoint)).toBe('ECONNRESET');
    await untilSeen(1);
    expect(applied).toEqual([expect.objectContaining({ lateMs: 50 })]);
  });

  it('says when a late request no longer reaches the engine', async () => {
    const endpoint = await start('dynamodb', fault({ kind: 'arriveLate', delayMs: 50 }));
    await putItem(endpoint);
    engine.closeAllConnections();
    await new Promise((resolve) => engine.close(resolve));
    while (trouble.length === 0) await delay(2);
    expect(trouble[0]).toMatch(/^A late PutItem of process-fn did not reach dynamodb: /);
  });

  it('duplicates', async () => {
    expect(await putItem(await start('dynamodb', fault({ kind: 'duplicate', delayMs: 1 })))).toBe('done');
    await untilSeen(2);
    expect(seen[1]).toEqual(seen[0]);
  });

  it.each([
    [0.1, 'ProvisionedThroughputExceededException'],
    [0.9, 'ThrottlingException'],
  ])('throttles DynamoDB as variant %d', async (variant, name) => {
    expect(await putItem(await start('dynamodb', fault({ kind: 'throttle', variant })))).toBe(name);
    expect(seen).toEqual([]);
  });

  it('kills the caller before or after the engine does the call', async () => {
    const endpoint = await start(
      'dynamodb',
      fault({ kind: 'killCaller', moment: 'before' }),
      fault({ kind: 'killCaller', moment: 'after' }),
    );
    expect(await putItem(endpoint)).toBe('ECONNRESET');
    expect(seen).toHaveLength(0);
    expect(await putItem(endpoint)).toBe('ECONNRESET');
    expect(seen).toHaveLength(1);
    expect(killed).toEqual(Array(2).fill({ functionName: 'process-fn', workerId: 'w3' }));
  });

  it('resets the connection when the engine does not answer', async () => {
    const endpoint = await start('dynamodb');
    await new Promise((resolve) => engine.close(resolve));
    expect(await putItem(endpoint)).toBe('ECONNRESET');
  });

  it('throttles Kinesis, and fails entries inside a 200', async () => {
    const fails = (index: number): boolean => index === 1;
    const endpoint = await start(
      'kinesis',
      fault({ kind: 'throttle', variant: 0 }),
      fault({ kind: 'failEntries', fails }),
    );
    answer = (body) => {
      const { Records } = JSON.parse(body) as { Records: { PartitionKey: string }[] };
      const results = Records.map(({ PartitionKey }) => ({ SequenceNumber: PartitionKey, ShardId: 's' }));
      return { FailedRecordCount: 0, Records: results };
    };
    const client = new KinesisClient({ ...clientOptions, endpoint });
    const Records = ['a', 'b', 'c'].map((PartitionKey) => ({ Data: Buffer.from('x'), PartitionKey }));
    const command = new PutRecordsCommand({ StreamName: 's', Records });
    try {
      await expect(client.send(command)).rejects.toMatchObject({
        name: 'ProvisionedThroughputExceededException',
      });
      const output = await client.send(command);
      expect(output.FailedRecordCount).toBe(1);
      expect(output.Records?.map((record) => record.SequenceNumber ?? record.ErrorCode)).toEqual([
        'a',
        'InternalFailure',
        'c',
      ]);
      expect(seen).toHaveLength(1);
      expect(applied[1]).toMatchObject({ kind: 'failEntries', failedEntries: 1 });
    } finally {
      client.destroy();
    }
  });
});

describe('the proxy in front of S3', () => {
  let folder: string;
  let s3: S3Server;
  let client: S3Client;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'weir-proxy-'));
    s3 = await startS3Server({ folder, buckets: ['bucket'], port: 0, onError: () => undefined });
    engineUrl = s3.endpoint;
  });
  afterEach(async () => {
    client.destroy();
    await s3.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function startS3(...first: Partial<CallDecision>[]): Promise<void> {
    client = new S3Client({ ...clientOptions, endpoint: await start('s3', ...first) });
  }
  const target = { Bucket: 'bucket', Key: 'a b/c.json' };

  it('hands calls on unchanged, and knows their operations', async () => {
    await startS3();
    await client.send(new PutObjectCommand({ ...target, Body: '{"a":1}', ContentType: 'application/json' }));
    const head = await client.send(new HeadObjectCommand(target));
    expect(head).toMatchObject({ ContentLength: 7, ContentType: 'application/json' });
    const { Body } = await client.send(new GetObjectCommand(target));
    expect(await Body?.transformToString()).toBe('{"a":1}');
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: 'bucket' }));
    expect(Contents?.map(({ Key }) => Key)).toEqual([target.Key]);
    await client.send(new DeleteObjectCommand(target));
    await expect(client.send(new HeadObjectCommand(target))).rejects.toMatchObject({ name: 'NotFound' });
    expect(decided.map(({ operation }) => operation)).toEqual([
      'PutObject',
      'HeadObject',
      'GetObject',
      'ListObjectsV2',
      'DeleteObject',
      'HeadObject',
    ]);
    expect(new Set(decided.map(({ functionName }) => functionName))).toEqual(new Set(['process-fn']));
  });

  it('throttles, and loses requests and responses', async () => {
    await startS3(
      fault({ kind: 'throttle', variant: 0 }),
      fault({ kind: 'loseRequest' }),
      fault({ kind: 'loseResponse' }),
    );
    const put = (): Promise<unknown> => client.send(new PutObjectCommand({ ...target, Body: 'x' }));
    await expect(put()).rejects.toMatchObject({ name: 'SlowDown', $metadata: { httpStatusCode: 503 } });
    await expect(put()).rejects.toMatchObject({ message: expect.stringContaining('ECONNRESET') });
    await expect(s3.store.head('bucket', target.Key)).rejects.toMatchObject({ statusCode: 404 });
    await expect(put()).rejects.toMatchObject({ message: expect.stringContaining('ECONNRESET') });
    expect((await s3.store.head('bucket', target.Key)).sizeBytes).toBe(1);
  });
});
