import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { connectKinesis } from './engines/kinesis/testing/test-kinesis.js';
import type { MetricSum } from './engines/logs/metric-sums.js';
import { pipelineTemplate } from './testing/pipeline-template.js';
import type { CallLine } from './roles/call-register.js';
import { functionRoles } from './roles/function-roles.js';
import { planFolder } from './testing/synthetic-assembly.js';
import { TestPipeline } from './testing/test-pipeline.js';

// Bounds a hang only: no test depends on how fast the machine is.
jest.setTimeout(120_000);

let pipeline: TestPipeline;
beforeAll(() => {
  pipeline = new TestPipeline(pipelineTemplate);
});
afterAll(() => pipeline.remove());
beforeEach(() => pipeline.begin());
afterEach(() => pipeline.end());

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('a template that runs', () => {
  it('carries records from the stream through the function into the table and the archive', async () => {
    const status = await pipeline.boot();
    expect(status.ready).toBe(true);
    await pipeline.put(['a', 'b', 'c']);
    await pipeline.untilProcessed();

    expect(await pipeline.storedKeys()).toEqual(['a', 'b', 'c']);
    const metrics = (await (await fetch(`${status.urls.info}/metrics`)).json()) as { items: object[] };
    expect(metrics.items).toContainEqual(
      expect.objectContaining({ namespace: 'Test', name: 'Copied', sum: 3 }),
    );
    const scraped = await fetch(`${status.urls.info}/metrics`, { headers: { accept: 'text/plain' } });
    expect(scraped.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await scraped.text()).toContain(
      '# TYPE Test_Copied summary\nTest_Copied_sum{service="copier"} 3\n',
    );
    await pipeline.close();
    const delivered = filesBelow(join(pipeline.dataDir, 's3', 'test-archive')).map((file) =>
      readFileSync(file, 'utf8'),
    );
    expect([...delivered.join('')].sort().join('')).toBe('abc');
  });

  it('puts what fails for good into the failure bucket and goes on', async () => {
    const { urls } = await pipeline.boot();
    await pipeline.put(['poison', 'd']);
    await pipeline.untilProcessed();

    expect(await pipeline.storedKeys()).toEqual(['d']);
    const { items } = (await (await fetch(`${urls.info}/metrics`)).json()) as { items: MetricSum[] };
    const counts = Object.fromEntries(items.map(({ name, sum }) => [name, sum]));
    expect(counts).toMatchObject({ PolledEventCount: 2, OnFailureDestinationDeliveredEventCount: 1 });
    expect(counts).not.toHaveProperty('DroppedEventCount');
    const age = items.find(({ name }) => name === 'IteratorAge');
    expect(age).toMatchObject({ namespace: 'AWS/Lambda', unit: 'Milliseconds' });
    expect(Object.keys(age?.dimensions ?? {})).toEqual(['FunctionName']);
    const [file = ''] = filesBelow(join(pipeline.dataDir, 's3', 'test-failures'));
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted' },
    });
  });

  it('records what functions and mappings call, and refuses what roles do not allow', async () => {
    const [role] = functionRoles(planFolder(pipeline.assembly));
    if (role === undefined) throw new Error('The pipeline has no role.');
    const without = (action: string) => [
      {
        ...role,
        statements: role.statements.map((statement) => ({
          ...statement,
          actions: statement.actions.filter((candidate) => candidate !== action),
        })),
      },
    ];
    const { urls } = await pipeline.boot({ roles: without('dynamodb:PutItem') });
    await pipeline.put(['e']);
    await pipeline.untilProcessed();
    expect(await pipeline.storedKeys()).toEqual([]);
    const table = 'arn:aws:dynamodb:eu-west-1:000000000000:table/test-table';
    expect(pipeline.notices).toEqual([
      `test-Copier is refused dynamodb:PutItem on ${table}, which its role test-Role does not allow.`,
    ]);
    const { items } = (await (await fetch(`${urls.info}/calls`)).json()) as { items: CallLine[] };
    expect(items.map(({ action, allowed }) => [action, allowed])).toEqual([
      ['dynamodb:PutItem', false],
      ...['DescribeStream', 'DescribeStreamSummary', 'GetRecords', 'GetShardIterator', 'ListShards'].map(
        (operation) => [`kinesis:${operation}`, true],
      ),
      ['s3:ListBucket', true],
      ['s3:PutObject', true],
    ]);
    // The batch of one record was tried twice.
    expect((await pipeline.status()).refusedCalls).toBe(2);
    await pipeline.close();

    await expect(pipeline.boot({ roles: without('kinesis:GetRecords') })).rejects.toThrow(
      'test/Mapping cannot read its stream: test-Copier is refused kinesis:GetRecords on arn:aws:kinesis:eu-west-1:000000000000:stream/test-stream, which its role test-Role does not allow.',
    );
  });

  it('deletes items that have expired', async () => {
    const { urls } = await pipeline.boot({
      engines: { kinesis: { engine: 'kinesalite', limits: false }, timeToLivePeriodSeconds: 1 },
    });
    await pipeline.store({ pk: { S: 'gone' }, expiresAt: { N: String(Math.floor(Date.now() / 1000) - 60) } });
    await pipeline.store({
      pk: { S: 'kept' },
      expiresAt: { N: String(Math.floor(Date.now() / 1000) + 600) },
    });
    while ((await pipeline.storedKeys()).length > 1) await delay(50);
    expect(await pipeline.storedKeys()).toEqual(['kept']);
    const { items } = (await (await fetch(`${urls.info}/metrics`)).json()) as { items: MetricSum[] };
    expect(items).toContainEqual(
      expect.objectContaining({
        namespace: 'AWS/DynamoDB',
        name: 'TimeToLiveDeletedItemCount',
        dimensions: { TableName: 'test-table' },
        sum: 1,
      }),
    );
  });

  it('keeps its state over a restart', async () => {
    await pipeline.boot();
    await pipeline.put(['a']);
    await pipeline.untilProcessed();
    await pipeline.close();

    await pipeline.boot();
    expect(await pipeline.storedKeys()).toEqual(['a']);
    await pipeline.put(['b']);
    await pipeline.untilProcessed();
    expect(await pipeline.storedKeys()).toEqual(['a', 'b']);
  });

  it('goes on when the assembly it was started from is gone', async () => {
    await pipeline.boot();
    const elsewhere = `${pipeline.assembly}-elsewhere`;
    renameSync(pipeline.assembly, elsewhere);
    try {
      expect(existsSync(pipeline.assembly)).toBe(false);
      await pipeline.put(['a']);
      await pipeline.untilProcessed();
      expect(await pipeline.storedKeys()).toEqual(['a']);
    } finally {
      renameSync(elsewhere, pipeline.assembly);
    }
  });

  it('starts workers while the runtime itself is built anew', async () => {
    await pipeline.boot();
    const elsewhere = `${pipeline.entries.worker}.elsewhere`;
    renameSync(pipeline.entries.worker, elsewhere);
    try {
      await pipeline.put(['a']);
      await pipeline.untilProcessed();
      expect(await pipeline.storedKeys()).toEqual(['a']);
    } finally {
      renameSync(elsewhere, pipeline.entries.worker);
    }
  });

  it('restarts engines that are killed, with their data, and goes on', async () => {
    const status = await pipeline.boot();
    await pipeline.put(['a']);
    await pipeline.untilProcessed();
    const pids = [...(status.engines.kinesis?.pids ?? []), ...(status.engines.dynamodb?.pids ?? [])];
    expect(pids.length).toBeGreaterThanOrEqual(3);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    while (pipeline.notices.filter((notice) => notice.endsWith('runs again')).length < 2) await delay(20);

    await pipeline.put(['b']);
    await pipeline.untilProcessed();
    expect(await pipeline.storedKeys()).toEqual(['a', 'b']);
    const { engines } = await pipeline.status();
    for (const engine of ['kinesis', 'dynamodb']) {
      expect(engines[engine]).toMatchObject({ endpoint: status.engines[engine]?.endpoint, restarts: 1 });
    }
  });

  it('runs on the second Kinesis engine, with its data over a restart', async () => {
    const engines = {
      kinesis: { engine: 'kinesis-local', limits: false },
      timeToLivePeriodSeconds: 0,
    } as const;
    await pipeline.boot({ engines });
    await pipeline.put(['a', 'b']);
    await pipeline.untilProcessed();
    await pipeline.close();
    await pipeline.boot({ engines });
    await pipeline.put(['c']);
    await pipeline.untilProcessed();
    expect(await pipeline.storedKeys()).toEqual(['a', 'b', 'c']);
  });

  it('enforces the limits of shards on request, and reads past them', async () => {
    await pipeline.boot({
      engines: { kinesis: { engine: 'kinesalite', limits: true }, timeToLivePeriodSeconds: 0 },
    });
    await pipeline.put(['a']);
    await pipeline.untilProcessed();
    expect(await pipeline.storedKeys()).toEqual(['a']);
    const kinesis = connectKinesis(await pipeline.endpoint('kinesis'), 1);
    try {
      // Both shards together take 2 MiB in the first second, and no more than as much again in every other.
      const Records = Array.from({ length: 9 }, (_, index) => ({
        Data: Buffer.alloc(1_000_000),
        PartitionKey: `key-${index}`,
      }));
      const output = await kinesis.send(new PutRecordsCommand({ StreamName: 'test-stream', Records }));
      expect(output.FailedRecordCount).toBeGreaterThanOrEqual(5);
      expect(output.Records?.find(({ ErrorCode }) => ErrorCode !== undefined)?.ErrorCode).toBe(
        'ProvisionedThroughputExceededException',
      );
    } finally {
      kinesis.destroy();
    }
  });

  it('shows a page, gives it a token to read, and puts what arrived into the stream again', async () => {
    const page = { statusCode: 200, contentType: 'text/html', body: Buffer.from('The page') };
    const { urls } = await pipeline.boot({ dashboard: new Map([['/index.html', page]]) });
    const html = { headers: { accept: 'text/html' } };
    expect(await (await fetch(`${urls.info}/`, html)).text()).toBe('The page');
    expect(await (await fetch(`${urls.info}/runtime`, html)).text()).toContain('Weir on this machine');
    const configuration = (await fetch(`${urls.info}/dashboard.json`)).json();
    // This template has no API.
    expect(await configuration).toMatchObject({ code: 'not_ready' });

    const post = (path: string, init: RequestInit = {}) =>
      fetch(`${urls.info}${path}`, { method: 'POST', ...init });
    const token = (await (await post('/token')).json()) as { access_token: string; expires_in: number };
    const [, claims = ''] = token.access_token.split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      scope: 'telemetry:read',
    });
    const elsewhere = { headers: { origin: 'https://elsewhere.example' } };
    expect([(await post('/token', elsewhere)).status, (await post('/replays', elsewhere)).status]).toEqual([
      403, 403,
    ]);
    expect((await fetch(`${urls.info}/token`)).status).toBe(405);

    await pipeline.put(['a', 'b']);
    await pipeline.untilProcessed();
    for (const body of ['', '[]', '{"minutes": 0}', '{"minutes": 1.5}', '{"minutes": 1441}']) {
      expect((await post('/replays', { body })).status).toBe(400);
    }
    const replayed = await post('/replays', { body: '{"minutes": 60}' });
    expect(await replayed.json()).toMatchObject({ records: 2 });
    await pipeline.untilProcessed();
    const { items } = (await (await fetch(`${urls.info}/metrics`)).json()) as { items: MetricSum[] };
    expect(items).toContainEqual(expect.objectContaining({ namespace: 'Test', name: 'Copied', sum: 4 }));
  });

  it('serves the keys of its issuer', async () => {
    const { urls } = await pipeline.boot();
    const configuration = (await (await fetch(`${urls.info}/.well-known/openid-configuration`)).json()) as {
      jwks_uri: string;
    };
    const jwks = (await (await fetch(configuration.jwks_uri)).json()) as { keys: object[] };
    expect(jwks.keys).toEqual([expect.objectContaining({ kty: 'RSA', use: 'sig' })]);
    expect(JSON.stringify(jwks)).not.toContain('"d"');
  });
});
