import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { allWindows, call } from './api.js';
import { copyHastyAssembly } from './hasty-assembly.js';
import { startContractProxy, type ContractProxy } from './contract-proxy.js';
import { freePortBase, makeToken, startStack, type LocalStack } from '@weir/local-stack';
import { enginesOf, runScript, runWeir, type Ended, type Engines } from './operations-command.js';
import type { ActualWindow } from '@weir/window-oracle';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.UTC(2026, 4, 14);
const DAYS = 2;
const FROM = new Date(START_MS).toISOString();
const TO = new Date(START_MS + DAYS * DAY_MS).toISOString();
const NAME = 'weir-dev-telemetry';
const LOCAL = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

jest.setTimeout(120_000);

const dataDir = mkdtempSync(join(tmpdir(), 'weir-e2e-'));
const assembly = mkdtempSync(join(tmpdir(), 'weir-e2e-assembly-'));
let stack: LocalStack;
let proxy: ContractProxy;
let engines: Engines;
let token: string;

beforeAll(async () => {
  copyHastyAssembly(assembly);
  const portBase = await freePortBase();
  stack = await startStack({ dataDir, portBase, assembly, args: ['--fault-seed', '1'] });
  proxy = await startContractProxy(stack.analyticsUrl);
  engines = await enginesOf(stack);
  token = await makeToken({ dataDir, portBase });
}, 120_000);

afterAll(async () => {
  await proxy?.stop();
  await stack?.stop();
  for (const folder of [dataDir, assembly]) rmSync(folder, { recursive: true, force: true });
}, 60_000);

interface Reading {
  readonly deviceId: string;
  readonly timestamp: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly revision?: number;
}

async function send(readings: readonly Reading[]): Promise<void> {
  const { status, text } = await call(`${stack.ingestUrl}/v1/telemetry`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ readings }),
  });
  if (status !== 202) throw new Error(`ingest answered ${status}: ${text}`);
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const patience = Date.now() + 90_000;
  while (!(await holds())) {
    if (Date.now() > patience) throw new Error(`${what}: still not, after 90 s`);
    await new Promise((proceed) => setTimeout(proceed, 100));
  }
}

async function queryable(): Promise<void> {
  await until('the stream is processed', async () => {
    const { body } = await call(`${stack.infoUrl}/status`);
    return (body['stream'] as { records: number } | null)?.records === 0;
  });
}

/** What a metric came to since the runtime started. */
async function metricSum(name: string): Promise<number> {
  const { body } = await call(`${stack.infoUrl}/metrics`);
  const items = body['items'] as { name: string; sum: number }[];
  return items.filter((item) => item.name === name).reduce((total, { sum }) => total + sum, 0);
}

function hoursOf(deviceId: string, range = { from: FROM, to: TO }): Promise<ActualWindow[]> {
  const path = `/v1/devices/${deviceId}/aggregates`;
  return allWindows(proxy.url, token, { path, metric: 'flow', resolution: '1h', ...range });
}

async function weir(...args: readonly string[]): Promise<Ended & { json: unknown }> {
  const ended = await runWeir(engines, ...args, '--json');
  if (ended.stdout === '')
    throw new Error(`weir ${args.join(' ')} ended with ${ended.code}: ${ended.stderr}`);
  return { ...ended, json: JSON.parse(ended.stdout) as unknown };
}

function verify(...args: readonly string[]) {
  return weir('verify', '--from', FROM, '--to', TO, '--lag', '0s', ...args);
}

/** The rows of a query over the archive. */
async function sql(...args: readonly string[]): Promise<Record<string, unknown>[]> {
  const { code, stdout, stderr } = await runScript('query', ...args, '--data-dir', dataDir, '--json');
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, unknown>[];
}

/** Every seven minutes a reading whose values are those of no other. */
function history(deviceId: string, seed: number): Reading[] {
  return Array.from({ length: Math.floor((DAYS * DAY_MS) / (7 * MINUTE_MS)) }, (_, index) => ({
    deviceId,
    timestamp: START_MS + index * 7 * MINUTE_MS,
    metrics: { flow: Math.sin(seed + index) * 100 + index / 3, level: index },
  }));
}

const DEVICES = ['pump-1', 'pump-2'] as const;
const points = DEVICES.flatMap((deviceId, index) => history(deviceId, index));
const corrections = points
  .filter((_, index) => index % 11 === 0)
  .map((reading) => ({ ...reading, metrics: { flow: -reading.timestamp / 1e12 }, revision: 2 }));

describe('SQL over the archive', () => {
  beforeAll(async () => {
    await send(points);
    await send(corrections);
    // Sent again, late, and contradicting without a revision: none of it counts.
    await send([...points].reverse());
    await send(points.map((reading) => ({ ...reading, metrics: { flow: 1e6 } })));
    await send([{ deviceId: 'pump-1', timestamp: START_MS + DAYS * DAY_MS, metrics: { flow: 0 } }]);
    await queryable();
    await until('everything is archived', async () => {
      const { body } = await call(`${stack.infoUrl}/status`);
      const [delivery] = body['deliveries'] as { deliveredRecords: number; bufferedRecords: number }[];
      const published = await metricSum('EnvelopesPublished');
      return published > 0 && delivery?.deliveredRecords === published;
    });
  });

  it.each(DEVICES)('has the hourly averages of the API: %s', async (deviceId) => {
    const parameters = [`device=${deviceId}`, `from=${FROM}`, `to=${TO}`].flatMap((text) => [
      '--param',
      text,
    ]);
    const rows = await sql('--named', 'hourly_averages', ...parameters);
    const ofMetric = rows.filter(({ metric }) => metric === 'flow');
    const windows = await hoursOf(deviceId);
    expect(windows).toHaveLength(DAYS * 24);
    expect(ofMetric.map(({ hour, count, min, max }) => [hour, count, min, max])).toEqual(
      windows.map(({ start, count, min, max }) => [start, count, min, max]),
    );
    windows.forEach(({ avg }, index) => {
      const found = Number(ofMetric[index]?.['avg']);
      expect(Math.abs(found - avg)).toBeLessThanOrEqual(1e-12 * Math.abs(avg));
    });
    expect(windows.reduce((sum, { count }) => sum + count, 0)).toBe(points.length / DEVICES.length);
  });

  it('keeps every arrival', async () => {
    const [row] = await sql("SELECT count(*) AS arrivals FROM points WHERE metric = 'flow'");
    expect(row).toEqual({ arrivals: 3 * points.length + corrections.length + 1 });
  });
});

describe('weir replay and verify', () => {
  it('changes nothing, however often everything is replayed', async () => {
    const before = await hoursOf('pump-1');
    const range = ['--from', new Date(Date.now() - HOUR_MS).toISOString(), '--to', new Date().toISOString()];
    const dry = await weir('replay', ...range, '--dry-run');
    expect(dry.json).toMatchObject({ readings: 3 * points.length + corrections.length + 1, ended: true });
    const first = await weir('replay', ...range, '--rate', '100000');
    expect(first).toMatchObject({ code: 0, json: dry.json });
    // By now some of what was replayed may be in the archive again.
    const second = await weir('replay', ...range, '--rate', '100000');
    expect(second.code).toBe(0);
    expect((second.json as { readings: number }).readings).toBeGreaterThanOrEqual(
      (dry.json as { readings: number }).readings,
    );
    await queryable();
    const { code, json } = await verify();
    expect({ code, json }).toMatchObject({ code: 0, json: { differences: 0 } });
    expect((json as { devices: { deviceId: string }[] }).devices.map(({ deviceId }) => deviceId)).toEqual([
      ...DEVICES,
    ]);
    expect(await hoursOf('pump-1')).toEqual(before);
  });

  it('replays the readings of one device only', async () => {
    const range = ['--from', new Date(Date.now() - HOUR_MS).toISOString(), '--to', new Date().toISOString()];
    const ofPump2 = ({ deviceId }: Reading): boolean => deviceId === 'pump-2';
    const readings = 3 * points.filter(ofPump2).length + corrections.filter(ofPump2).length;
    const { json } = await weir('replay', ...range, '--device', 'pump-2', '--dry-run');
    expect((json as { readings: number }).readings).toBeGreaterThanOrEqual(readings);
    const { json: all } = await weir('replay', ...range, '--dry-run');
    expect((json as { readings: number }).readings).toBeLessThan((all as { readings: number }).readings);
    const { json: nobody } = await weir('replay', ...range, '--device', 'pump-3', '--dry-run');
    expect(nobody).toMatchObject({ readings: 0 });
  });

  it.each([
    ['another content', 'differs', (day: Item) => day['d07']],
    ['bytes that mean nothing', 'corrupt', () => ({ B: Uint8Array.of(1, 2, 3) })],
  ])('finds a rollup that was given %s by hand, and mends it', async (_what, kind, contentOf) => {
    const right = await hoursOf('pump-1');
    await damageFirstDay(contentOf);
    const damaged = await hoursOf('pump-1').catch(() => 'an error');
    expect(damaged).not.toEqual(right);

    const found = await verify('--device', 'pump-1');
    expect(found.code).toBe(1);
    expect(found.json).toMatchObject({
      differences: 1,
      devices: [{ differences: [{ level: 'day', kind }] }],
    });
    const mended = await verify('--device', 'pump-1', '--repair');
    expect(mended).toMatchObject({ code: 0, json: { differences: 0, devices: [{ remaining: [] }] } });
    expect(withoutVersions(await hoursOf('pump-1'))).toEqual(withoutVersions(right));
  });

  it('finds the runtime on this machine by itself, as a script of npm', async () => {
    const args = ['verify', '--from', FROM, '--to', TO, '--lag', '0s', '--port-base', String(stack.portBase)];
    const { code, stdout } = await runScript('weir', ...args);
    expect({ code, last: stdout.trimEnd().split('\n').at(-1) }).toMatchObject({
      code: 0,
      last: expect.stringMatching(/: 2 devices, .*, 0 differences$/) as string,
    });
  });
});

type Item = Readonly<Record<string, AttributeValue>>;

/** Puts something else in the place of the seventh hour of the first device's first day. */
async function damageFirstDay(contentOf: (day: Item) => AttributeValue | undefined): Promise<void> {
  const client = new DynamoDBClient({ ...LOCAL, endpoint: engines.dynamodb.endpoint });
  const key = { pk: { S: 'D#pump-1' }, sk: { S: `D#${String(START_MS).padStart(15, '0')}` } };
  const { Item: day } = await client.send(
    new GetItemCommand({ TableName: NAME, Key: key, ConsistentRead: true }),
  );
  const content = contentOf(day ?? {});
  if (content === undefined) throw new Error('the day has no place for the eighth hour');
  await client.send(
    new UpdateItemCommand({
      TableName: NAME,
      Key: key,
      UpdateExpression: 'SET d06 = :content',
      ExpressionAttributeValues: { ':content': content },
    }),
  );
}

function withoutVersions(windows: readonly ActualWindow[]): ActualWindow[] {
  return windows.map((window) => ({ ...window, version: 0 }));
}

describe('weir quarantine', () => {
  it('lists a poisonous record, and does not put it back as it is', async () => {
    const poisoned = await metricSum('RecordsQuarantined');
    const kinesis = new KinesisClient({
      ...LOCAL,
      endpoint: engines.kinesis.endpoint,
      requestHandler: new NodeHttpHandler(),
    });
    const record = { StreamName: NAME, PartitionKey: 'poison', Data: Buffer.from('this is no envelope') };
    await kinesis.send(new PutRecordCommand(record));
    await until('the metric has moved', async () => (await metricSum('RecordsQuarantined')) === poisoned + 1);

    const { json } = await weir('quarantine', 'list', '--reason', 'undecodable');
    expect(json).toMatchObject([{ reason: 'undecodable', readings: 0, devices: [] }]);
    const [{ key = '' } = {}] = json as { key: string }[];
    const shown = await weir('quarantine', 'show', key);
    expect(shown.json).toMatchObject({ payload: record.Data.toString('base64') });
    const redriven = await weir('quarantine', 'redrive', key);
    expect(redriven).toMatchObject({ code: 1, json: [{ key, result: 'refused' }] });
    expect((await weir('quarantine', 'list')).json).toHaveLength(1);
  });

  it('puts readings back that could not be processed', async () => {
    const day = { from: '2026-03-01T00:00:00Z', to: '2026-03-02T00:00:00Z' };
    const reading = { deviceId: 'valve-1', timestamp: Date.UTC(2026, 2, 1, 5), metrics: { flow: 7.5 } };
    await faults({
      seed: 1,
      calls: [{ fault: 'killCaller', moment: 'before', probability: 1, function: 'process-fn' }],
    });
    await send([reading]);
    await until(
      'Lambda has given up',
      async () => (await metricSum('OnFailureDestinationDeliveredEventCount')) > 0,
    );
    await faults(undefined);
    await queryable();

    const chosen = ['--reason', 'batch_failed', '--device', 'valve-1'];
    const { json } = await weir('quarantine', 'list', ...chosen);
    expect(json).toMatchObject([{ devices: ['valve-1'], readings: 1 }]);
    expect((await weir('quarantine', 'list', '--device', 'valve-2')).json).toEqual([]);
    const dry = await weir('quarantine', 'redrive', ...chosen, '--dry-run');
    expect(dry).toMatchObject({ code: 0, json: [{ result: 'possible' }] });
    const redriven = await weir('quarantine', 'redrive', ...chosen);
    expect(redriven).toMatchObject({ code: 0, json: [{ result: 'redriven' }] });
    await queryable();
    expect(await hoursOf('valve-1', day)).toMatchObject([
      { start: '2026-03-01T05:00:00.000Z', count: 1, sum: 7.5 },
    ]);
    expect((await weir('quarantine', 'list', ...chosen)).json).toEqual([]);
  });
});

async function faults(plan: object | undefined): Promise<void> {
  const url = `${stack.infoUrl}/faults`;
  const { status, text } = await call(url, {
    method: plan === undefined ? 'DELETE' : 'POST',
    headers: { 'Content-Type': 'application/json' },
    ...(plan === undefined ? {} : { body: JSON.stringify(plan) }),
  });
  if (status >= 300) throw new Error(`faults answered ${status}: ${text}`);
}
