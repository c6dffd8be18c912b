import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  CallJournal,
  createObservability,
  createSegmentSender,
  type Observability,
  type SegmentDocument,
} from '@weir/observability';
import { segmentViolations } from '@weir/observability/testing';
import type { BatchReport } from './process-batch.js';
import { makeFunction, makeReading, makeRecord, makeUndecodable, NOON_MS } from './testing/test-batch.js';
import { storedBytes } from './testing/stored-bytes.js';
import { traceBatch, type BatchTracing } from './trace-batch.js';
import type { StreamRecord } from './transport.js';

const OWN = '1-11111111-111111111111111111111111';
const PARENT = '53995c3f42cd8ad8';
const BY = { name: 'process-fn', arn: 'arn:process-fn', version: '7', requestId: 'invocation-1' };

function traceId(number: number): string {
  return `1-5759e988-${String(number).padStart(24, '0')}`;
}

function headerOf(number: number, sampled = 1): string {
  return `Root=${traceId(number)};Parent=${PARENT};Sampled=${sampled}`;
}

/** Two requests with one device each, one of them in two envelopes; one more that is not sampled, and what is none at all. */
function makeBatch(): StreamRecord[] {
  return [
    makeRecord([makeReading({ deviceId: 'a' }), makeReading({ deviceId: 'a', timestamp: NOON_MS + 1 })], {
      trace: headerOf(1),
      requestId: 'r1',
    }),
    makeRecord([makeReading({ deviceId: 'b' })], { trace: headerOf(1), requestId: 'r1' }),
    makeRecord([makeReading({ deviceId: 'c' })], { trace: headerOf(2), requestId: 'r2' }),
    makeRecord([makeReading({ deviceId: 'd' })], { trace: headerOf(3, 0) }),
    makeRecord([makeReading({ deviceId: 'e' })], { trace: 'Root=x;Sampled=1' }),
    makeUndecodable(),
  ];
}

describe('tracing a batch', () => {
  const environment = { ...process.env };
  const described: [string, unknown][] = [];
  let observability: Observability;
  let warnings: unknown[];
  let sent: SegmentDocument[];

  beforeEach(() => {
    process.env['_X_AMZN_TRACE_ID'] = `Root=${OWN};Parent=aaaaaaaaaaaaaaaa;Sampled=1`;
    observability = createObservability('process-fn', 'dev');
    warnings = [];
    sent = [];
    described.length = 0;
    jest.spyOn(observability.logger, 'warn').mockImplementation((...line) => void warnings.push(line));
    jest.spyOn(observability.tracing, 'describe').mockImplementation((...line) => void described.push(line));
  });

  afterEach(() => {
    process.env = { ...environment };
    jest.restoreAllMocks();
  });

  function makeTracing(overrides: Partial<BatchTracing> = {}): BatchTracing {
    return {
      journal: new CallJournal(() => NOON_MS),
      clock: () => NOON_MS,
      sender: { send: async (documents) => void sent.push(...documents) },
      ...overrides,
    };
  }

  /** What processing the batch comes to: the answer to Lambda, the tally, and every byte of the store. */
  async function outcomeWith(tracing: BatchTracing, batch = makeBatch()): Promise<object> {
    const fn = makeFunction();
    const report = await traceBatch(batch, BY, observability, tracing, () => fn.process(batch));
    return {
      unfinished: report.unfinished,
      tally: report.tally,
      stored: storedBytes(fn.store.table.items()),
    };
  }

  it('sends one segment for each sampled request, below what published it', async () => {
    await outcomeWith(makeTracing());
    expect(sent.flatMap(segmentViolations)).toEqual([]);
    expect(sent).toMatchObject([
      {
        trace_id: traceId(1),
        parent_id: PARENT,
        annotations: {
          shard: 'shardId-000000000000',
          envelopes: 2,
          readings: 3,
          devices: 2,
          points_stored: 3,
          duplicates: 0,
          unfinished: 0,
          batch_records: 6,
          batch_trace_id: OWN,
        },
        metadata: { weir: { request_id: 'r1', batch_request_id: 'invocation-1' } },
      },
      { trace_id: traceId(2), parent_id: PARENT, annotations: { envelopes: 1, readings: 1, devices: 1 } },
    ]);
    const joined = sent.map(({ trace_id, id }) => ({ trace_id, segment_id: id }));
    expect(described).toEqual([['joined', joined]]);
  });

  it('tells of a redelivery that its points were there already', async () => {
    const fn = makeFunction();
    const batch = makeBatch();
    const process = (): Promise<BatchReport> => fn.process(batch);
    await traceBatch(batch, BY, observability, makeTracing(), process);
    await traceBatch(batch, BY, observability, makeTracing(), process);
    expect(
      sent.map(({ annotations }) => [annotations?.['points_stored'], annotations?.['duplicates']]),
    ).toEqual([
      [3, 0],
      [1, 0],
      [0, 3],
      [0, 1],
    ]);
  });

  it('tells what was left undone, and why', async () => {
    const batch = makeBatch();
    const fn = makeFunction();
    await traceBatch(batch, BY, observability, makeTracing(), () => fn.process(batch, 0));
    expect(sent).toMatchObject([
      { fault: true, annotations: { unfinished: 2 }, cause: { exceptions: [{ type: 'DeadlineReached' }] } },
      { fault: true, annotations: { unfinished: 1 } },
    ]);
    expect(sent.flatMap(segmentViolations)).toEqual([]);
  });

  it('joins 64 traces of a batch and counts the others', async () => {
    const batch = Array.from({ length: 70 }, (_, number) =>
      makeRecord([makeReading({ deviceId: `d${number}` })], { trace: headerOf(number) }),
    );
    await outcomeWith(makeTracing(), batch);
    expect(sent).toHaveLength(64);
    expect(described).toContainEqual(['not_joined', 6]);
  });

  it('does not begin without a request that is sampled', async () => {
    const journal = new CallJournal(() => NOON_MS);
    const open = jest.spyOn(journal, 'open');
    await outcomeWith(makeTracing({ journal }), makeBatch().slice(3));
    expect([sent, open.mock.calls]).toEqual([[], []]);
  });

  it('does not begin where tracing is off', async () => {
    process.env['POWERTOOLS_TRACE_ENABLED'] = 'false';
    await outcomeWith(makeTracing());
    expect(sent).toEqual([]);
  });

  describe('changes nothing about the result', () => {
    let untraced: object;
    let daemon: Socket;

    beforeEach(async () => {
      delete process.env['_X_AMZN_TRACE_ID'];
      untraced = await outcomeWith(makeTracing());
      expect(sent).toEqual([]);
      process.env['_X_AMZN_TRACE_ID'] = `Root=${OWN};Sampled=1`;
      daemon = createSocket('udp4').bind(0, '127.0.0.1');
      await once(daemon, 'listening');
    });

    const senderTo = (daemonAddress: string): BatchTracing['sender'] =>
      createSegmentSender({
        daemonAddress,
        put: () => Promise.reject(new Error('no API')),
        onTrouble: (error) => void warnings.push(error.message),
      });

    it('with a daemon', async () => {
      const { port } = daemon.address() as AddressInfo;
      const received: string[] = [];
      daemon.on('message', (datagram) => received.push(datagram.toString()));
      expect(await outcomeWith(makeTracing({ sender: senderTo(`127.0.0.1:${port}`) }))).toEqual(untraced);
      while (received.length < 2) await once(daemon, 'message');
      daemon.close();
      expect(warnings).toEqual([]);
    });

    it('without one', async () => {
      const { port } = daemon.address() as AddressInfo;
      daemon.close();
      expect(await outcomeWith(makeTracing({ sender: senderTo(`127.0.0.1:${port}`) }))).toEqual(untraced);
    });

    it('with an address that is none', async () => {
      daemon.close();
      expect(await outcomeWith(makeTracing({ sender: senderTo('nowhere') }))).toEqual(untraced);
      expect(warnings).toHaveLength(1);
    });

    it('when anything about it fails', async () => {
      daemon.close();
      const sender = { send: () => Promise.reject(new Error('no socket')) };
      expect(await outcomeWith(makeTracing({ sender }))).toEqual(untraced);
      expect(warnings).toHaveLength(1);
    });
  });
});
