import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { PutRecordsCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { TokenIssuer } from './engines/issuer/token-issuer.js';
import { kinesisClient } from './engines/kinesis/kinesis-engine.js';
import type { RuntimeStatus } from './info/runtime-status.js';
import { startRuntime, type Runtime } from './runtime.js';
import { ProcessLedger } from './state/process-ledger.js';
import { buildPrograms, type BuiltPrograms } from './testing/built-programs.js';
import { findPortBase } from './testing/free-port-base.js';
import { copierHash, copierSource, pipelineTemplate } from './testing/pipeline-template.js';
import { planFolder, writeAssembly } from './testing/synthetic-assembly.js';

// Bounds a hang only: no test depends on how fast the machine is.
jest.setTimeout(120_000);

let programs: BuiltPrograms;
let assembly: string;
let dataDir: string;
let runtime: Runtime | undefined;

beforeAll(() => {
  programs = buildPrograms();
  assembly = writeAssembly('test', pipelineTemplate, { [copierHash]: copierSource });
});
afterAll(() => {
  programs.remove();
  rmSync(assembly, { recursive: true, force: true });
});
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'weir-runtime-'));
});
afterEach(async () => {
  await runtime?.close();
  runtime = undefined;
  rmSync(dataDir, { recursive: true, force: true });
});

async function boot(notices: string[] = []): Promise<RuntimeStatus> {
  const portBase = await findPortBase();
  const issuer = await TokenIssuer.open({
    keyFile: join(dataDir, 'key.json'),
    issuer: `http://127.0.0.1:${portBase}`,
    audience: 'weir',
    clock: Date.now,
    newId: () => 'id',
  });
  runtime = await startRuntime({
    plan: planFolder(assembly),
    portBase,
    dataDir,
    dynamodb: { kind: 'dynoxide' },
    entries: programs.entries,
    modulesFrom: __filename,
    clock: Date.now,
    random: Math.random,
    notify: (message) => notices.push(message),
    issuer,
    ledger: new ProcessLedger(join(dataDir, 'children.json')),
  });
  return runtime.status();
}

async function withKinesis<T>(status: RuntimeStatus, use: (client: KinesisClient) => Promise<T>): Promise<T> {
  const client = kinesisClient(endpoint(status, 'kinesis'), 'eu-west-1');
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}

async function put(status: RuntimeStatus, texts: readonly string[]): Promise<void> {
  const Records = texts.map((text) => ({ Data: Buffer.from(text), PartitionKey: text }));
  await withKinesis(status, async (client) => {
    const answer = await client.send(new PutRecordsCommand({ StreamName: 'test-stream', Records }));
    expect(answer.FailedRecordCount).toBe(0);
  });
}

async function untilProcessed(): Promise<void> {
  for (;;) {
    const status = await runtime?.status();
    if (status?.stream?.records === 0) return;
    await delay(50);
  }
}

async function storedKeys(status: RuntimeStatus): Promise<string[]> {
  const client = new DynamoDBClient({
    endpoint: endpoint(status, 'dynamodb'),
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: 'test-table' }));
    return Items.map(({ pk }) => pk?.S ?? '').sort();
  } finally {
    client.destroy();
  }
}

function endpoint(status: RuntimeStatus, engine: string): string {
  return status.engines[engine]?.endpoint ?? '';
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('a template that runs', () => {
  it('carries records from the stream through the function into the table and the archive', async () => {
    const status = await boot();
    expect(status.ready).toBe(true);
    await put(status, ['a', 'b', 'c']);
    await untilProcessed();

    expect(await storedKeys(status)).toEqual(['a', 'b', 'c']);
    const metrics = (await (await fetch(`${status.urls.info}/metrics`)).json()) as { items: object[] };
    expect(metrics.items).toContainEqual(
      expect.objectContaining({ namespace: 'Test', name: 'Copied', sum: 3 }),
    );
    await runtime?.close();
    const delivered = filesBelow(join(dataDir, 's3', 'test-archive')).map((file) =>
      readFileSync(file, 'utf8'),
    );
    expect([...delivered.join('')].sort().join('')).toBe('abc');
  });

  it('puts what fails for good into the failure bucket and goes on', async () => {
    const status = await boot();
    await put(status, ['poison', 'd']);
    await untilProcessed();

    expect(await storedKeys(status)).toEqual(['d']);
    const [file = ''] = filesBelow(join(dataDir, 's3', 'test-failures'));
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted' },
    });
  });

  it('keeps its state over a restart', async () => {
    const before = await boot();
    await put(before, ['a']);
    await untilProcessed();
    await runtime?.close();

    const after = await boot();
    expect(await storedKeys(after)).toEqual(['a']);
    await put(after, ['b']);
    await untilProcessed();
    expect(await storedKeys(after)).toEqual(['a', 'b']);
  });

  it('restarts engines that are killed, with their data, and goes on', async () => {
    const notices: string[] = [];
    const status = await boot(notices);
    await put(status, ['a']);
    await untilProcessed();
    const pids = [...(status.engines.kinesis?.pids ?? []), ...(status.engines.dynamodb?.pids ?? [])];
    expect(pids.length).toBeGreaterThanOrEqual(3);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    while (notices.filter((notice) => notice.endsWith('runs again')).length < 2) await delay(20);

    await put(status, ['b']);
    await untilProcessed();
    expect(await storedKeys(status)).toEqual(['a', 'b']);
    const later = await runtime?.status();
    expect(later?.engines.kinesis).toMatchObject({ endpoint: endpoint(status, 'kinesis'), restarts: 1 });
    expect(later?.engines.dynamodb).toMatchObject({ endpoint: endpoint(status, 'dynamodb'), restarts: 1 });
  });

  it('serves the keys of its issuer', async () => {
    const { urls } = await boot();
    const configuration = (await (await fetch(`${urls.info}/.well-known/openid-configuration`)).json()) as {
      jwks_uri: string;
    };
    const jwks = (await (await fetch(configuration.jwks_uri)).json()) as { keys: object[] };
    expect(jwks.keys).toEqual([expect.objectContaining({ kty: 'RSA', use: 'sig' })]);
    expect(JSON.stringify(jwks)).not.toContain('"d"');
  });
});
