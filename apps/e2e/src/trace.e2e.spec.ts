import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { segmentViolations } from '@weir/contract-check';
import { call } from './api.js';
import { freePortBase, makeToken, startStack, type LocalStack } from '@weir/local-stack';
import { newTraceId, readTrace, spansNamed, type Span, type Trace } from './trace.js';

const DEVICES = ['boiler-1', 'boiler-2', 'kettle', 'mill', 'oven'];
const START_MS = Date.UTC(2026, 2, 1);
const SAMPLED = 'Sampled=1';

const dataDir = mkdtempSync(join(tmpdir(), 'weir-trace-'));
let stack: LocalStack;
let token: string;

// Bounds a hang only: no test depends on how fast the machine is.
jest.setTimeout(240_000);

beforeAll(async () => {
  const portBase = await freePortBase();
  stack = await startStack({ dataDir, portBase, args: ['--fault-seed', '1'] });
  token = await makeToken({ dataDir, portBase });
});

afterAll(async () => {
  await stack?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Fifty readings, ten of each device, from a minute on. */
function fiftyReadings(minute: number): object[] {
  return Array.from({ length: 50 }, (_, index) => ({
    deviceId: DEVICES[index % 5],
    timestamp: START_MS + minute * 60_000 + Math.floor(index / 5) * 1000,
    metrics: { temperature: index },
  }));
}

/** Posts readings. Resolves with the trace id of the response. */
async function post(readings: readonly object[], sampling = SAMPLED): Promise<string> {
  const traceId = newTraceId();
  const answer = await call(`${stack.ingestUrl}/v1/telemetry`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/json',
      'X-Amzn-Trace-Id': `Root=${traceId};${sampling}`,
    },
    body: JSON.stringify({ readings }),
  });
  expect([answer.status, answer.body['accepted']]).toEqual([202, readings.length]);
  const [, answered = ''] = /Root=([^;]+)/.exec(answer.headers.get('x-amzn-trace-id') ?? '') ?? [];
  expect(answered).toBe(traceId);
  return answered;
}

async function untilProcessed(): Promise<void> {
  for (;;) {
    const { body } = await call(`${stack.infoUrl}/status`);
    if ((body['stream'] as { records: number } | null)?.records === 0) return;
    await delay(100);
  }
}

async function setFaults(plan: object | undefined): Promise<void> {
  const answer = await call(`${stack.infoUrl}/faults`, {
    method: plan === undefined ? 'DELETE' : 'POST',
    headers: { 'Content-Type': 'application/json' },
    ...(plan === undefined ? {} : { body: JSON.stringify(plan) }),
  });
  expect(answer.status).toBe(200);
}

async function appliedFaults(): Promise<object> {
  return (await call(`${stack.infoUrl}/faults`)).body['applied'] as object;
}

/** The trace, as soon as it shows as many of its readings as processed. */
async function traceWith(traceId: string, readings: number): Promise<Trace> {
  for (;;) {
    const trace = await readTrace(stack.infoUrl, traceId);
    if (trace !== undefined && sum(joinsOf(trace), 'readings') >= readings) return trace;
    await delay(100);
  }
}

/** What the invocation that joined a trace tells in its own trace, where it is sent later. */
async function handlerOf(annotations: Span['annotations']): Promise<Span> {
  for (;;) {
    const own = await readTrace(stack.infoUrl, String(annotations['batch_trace_id']));
    const [handler] = own === undefined ? [] : spansNamed(own, /^## handler$/);
    if (handler !== undefined) return handler;
    await delay(50);
  }
}

/** The segments by which process-fn joined a trace. */
function joinsOf(trace: Trace): Span[] {
  return spansNamed(trace, /process-fn$/).filter(({ kind }) => kind === 'segment');
}

function sum(spans: readonly Span[], annotation: string): number {
  return spans.reduce((total, { annotations }) => total + Number(annotations[annotation]), 0);
}

/** The one span of a name directly below another. */
function only(parent: Span | undefined, name: RegExp, kind: Span['kind'] = 'segment'): Span {
  const found = (parent?.children ?? []).filter((child) => name.test(child.name) && child.kind === kind);
  expect([parent?.name, name, found.length]).toEqual([parent?.name, name, 1]);
  return found[0] as Span;
}

/** Walks the whole way from the gateway to the writes, and returns the segments of process-fn at its end. */
function requireWholeWay(trace: Trace): readonly Span[] {
  expect(trace.missingParents).toEqual([]);
  expect(trace.documents.flatMap(segmentViolations)).toEqual([]);
  expect(trace.spans.map(({ name }) => name)).toEqual(['weir-dev-ingest/live']);
  const ingest = only(trace.spans[0], /ingest-fn$/);
  const publish = only(only(ingest, /^## handler$/, 'subsegment'), /^## publish$/, 'subsegment');
  const put = only(publish, /^Kinesis$/, 'subsegment');
  expect(put.details).toMatchObject({ namespace: 'aws', aws: { operation: 'PutRecords' } });
  const joins = publish.children.filter(({ name }) => name.endsWith('process-fn'));
  expect(joins).toEqual(joinsOf(trace));
  return joins;
}

/** Every call that process-fn made for the trace, by operation. */
function operationsOf(joins: readonly Span[]): string[] {
  return joins
    .flatMap(({ children }) => children)
    .map(({ details }) => (details['aws'] as { operation: string }).operation);
}

describe('one trace from the request of a device to the stored block', () => {
  it('has the gateway, ingest-fn, PutRecords, the gap, process-fn and its writes', async () => {
    const traceId = await post(fiftyReadings(0));
    const joins = requireWholeWay(await traceWith(traceId, 50));

    expect([sum(joins, 'readings'), sum(joins, 'devices'), sum(joins, 'duplicates')]).toEqual([50, 5, 0]);
    expect(
      operationsOf(joins).filter((operation) => /^(Put|Update)Item$/.test(operation)).length,
    ).toBeGreaterThan(4);
    for (const { gapMs, annotations, details, outcome } of joins) {
      expect(gapMs).toBeGreaterThan(0);
      expect(outcome).toBe('ok');
      expect(annotations).toMatchObject({
        shard: expect.stringMatching(/^shardId-\d{12}$/),
        first_sequence: expect.stringMatching(/^\d{56}$/),
        last_sequence: expect.stringMatching(/^\d{56}$/),
        unfinished: 0,
      });
      const handler = await handlerOf(annotations);
      const { batch_segment_id: segmentId } = (details['metadata'] as { weir: Record<string, unknown> }).weir;
      expect(handler.parentId).toBe(segmentId);
      expect(handler.details['metadata']).toMatchObject({
        weir: { joined: expect.arrayContaining([expect.objectContaining({ trace_id: traceId })]) },
      });
    }
  });

  it('shows what was done again after a redelivery, and that it changed nothing', async () => {
    await setFaults({
      calls: [
        {
          fault: 'killCaller',
          moment: 'after',
          probability: 1,
          function: 'process-fn',
          operations: ['PutItem', 'UpdateItem'],
          max: 1,
        },
      ],
    });
    const traceId = await post(fiftyReadings(1));
    const trace = await traceWith(traceId, 50);
    expect(await appliedFaults()).toMatchObject({ 'dynamodb.killCaller': 1 });
    await setFaults(undefined);
    const joins = requireWholeWay(trace);
    expect(sum(joins, 'duplicates')).toBeGreaterThan(0);
    expect(sum(joins, 'points_stored') + sum(joins, 'duplicates')).toBeGreaterThanOrEqual(50);
  });

  it('is each request’s own where a batch mixes twenty and more', async () => {
    for (let minute = 10, mixed = 0; mixed < 20; minute += 10) {
      await setFaults({
        events: [
          { fault: 'pauseConsumer', meanIntervalMs: 1, pauseMs: 600_000, max: 1, consumer: 'process-fn' },
        ],
      });
      while (!('pauseConsumer' in (await appliedFaults()))) await delay(20);
      const traceIds: string[] = [];
      for (let index = 0; index < 40; index += 1) {
        const timestamp = START_MS + minute * 60_000 + index;
        traceIds.push(await post([{ deviceId: DEVICES[0], timestamp, metrics: { temperature: index } }]));
      }
      await setFaults(undefined);
      for (const traceId of traceIds) {
        const [join, ...others] = requireWholeWay(await traceWith(traceId, 1));
        expect([join?.annotations['readings'], join?.annotations['envelopes'], others]).toEqual([1, 1, []]);
        const handler = await handlerOf(join?.annotations ?? {});
        mixed = Math.max(mixed, Number(handler.annotations['joined_traces']));
      }
    }
  });

  it('leaves nothing of a request that is not sampled', async () => {
    const traceId = await post(fiftyReadings(2), 'Sampled=0');
    await untilProcessed();
    expect(await readTrace(stack.infoUrl, traceId)).toBeUndefined();
    expect((await call(`${stack.infoUrl}/metrics`)).text).toContain('BatchLatency');
  });

  it('goes through a query as well: gateway, analytics-fn, DynamoDB', async () => {
    const traceId = newTraceId();
    const answer = await call(
      `${stack.analyticsUrl}/v1/devices/${DEVICES[0]}/readings?from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z`,
      {
        headers: { Authorization: `Bearer ${token}`, 'X-Amzn-Trace-Id': `Root=${traceId};${SAMPLED}` },
      },
    );
    expect(answer.status).toBe(200);
    let trace: Trace | undefined;
    do {
      trace = await readTrace(stack.infoUrl, traceId);
    } while (trace === undefined || spansNamed(trace, /^## handler$/).length === 0);
    expect(trace.missingParents).toEqual([]);
    expect(trace.documents.flatMap(segmentViolations)).toEqual([]);
    const handler = only(only(trace.spans[0], /analytics-fn$/), /^## handler$/, 'subsegment');
    expect(handler.children.filter(({ name }) => name === 'DynamoDB').length).toBeGreaterThan(0);
  });

  it('is a page for people', async () => {
    const traceId = await post(fiftyReadings(3));
    await traceWith(traceId, 50);
    const page = await call(`${stack.infoUrl}/traces/${traceId}`, { headers: { Accept: 'text/html' } });
    for (const text of [
      'weir-dev-ingest/live',
      '## publish',
      'Kinesis PutRecords',
      'waited ',
      'DynamoDB PutItem',
    ])
      expect(page.text).toContain(text);
    expect(page.text).not.toContain('has not been received');
  });

  it('contains no segment that X-Ray would refuse', () => {
    expect(stack.output()).not.toContain('X-Ray does not allow');
  });
});
