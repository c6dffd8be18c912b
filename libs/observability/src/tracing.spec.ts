import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { segmentViolations } from '@weir/contract-check';
import { parseTraceHeader } from './trace-header.js';
import { loadTracer } from './load-tracer.js';
import { Tracing, type TracingOptions } from './tracing.js';

const ROOT = '1-5759e988-bd862e3fe1be46a994272793';
const LAMBDA_SEGMENT = '53995c3f42cd8ad8';

interface Received {
  readonly id: string;
  readonly name: string;
  readonly parent_id: string;
  readonly trace_id: string;
  readonly annotations?: object;
  readonly metadata?: object;
}

describe('tracing an invocation', () => {
  const environment = { ...process.env };
  const received: Received[] = [];
  const troubles: Error[] = [];
  let daemon: Socket;

  beforeAll(async () => {
    daemon = createSocket('udp4').bind(0, '127.0.0.1');
    await once(daemon, 'listening');
    daemon.on('message', (datagram) => received.push(JSON.parse(datagram.toString().split('\n')[1] ?? '')));
    Object.assign(process.env, {
      AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${(daemon.address() as AddressInfo).port}`,
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: 'f',
      LAMBDA_TASK_ROOT: '/var/task',
    });
  });

  afterAll(() => {
    process.env = environment;
    daemon.close();
  });

  beforeEach(() => {
    received.length = 0;
    troubles.length = 0;
  });

  function make(header: string | undefined, options: Partial<TracingOptions> = {}): Tracing {
    if (header === undefined) delete process.env['_X_AMZN_TRACE_ID'];
    else process.env['_X_AMZN_TRACE_ID'] = header;
    const onTrouble = (error: Error): void => void troubles.push(error);
    return new Tracing({ serviceName: 'f', loadTracer, onTrouble, ...options });
  }

  const sampled = `Root=${ROOT};Parent=${LAMBDA_SEGMENT};Sampled=1`;

  it('records the handler and what it does below Lambda’s own segment', async () => {
    const tracing = make(sampled);
    let handedOn: string | undefined;
    const invoke = () =>
      tracing.invocation(async () => {
        tracing.annotate({ records: 3 });
        await tracing.subsegment('## publish', async (header) => void (handedOn = header));
        tracing.describe('joined', ['x']);
        return 'done';
      });
    await expect(invoke()).resolves.toBe('done');
    while (received.length < 2) await once(daemon, 'message');
    const [publish, handler] = received;
    expect(received.flatMap(segmentViolations)).toEqual([]);
    expect(handler).toMatchObject({
      name: '## handler',
      trace_id: ROOT,
      parent_id: LAMBDA_SEGMENT,
      annotations: { ColdStart: true, Service: 'f', records: 3 },
      metadata: { weir: { joined: ['x'] } },
    });
    expect(publish).toMatchObject({ name: '## publish', trace_id: ROOT, parent_id: handler?.id });
    expect(parseTraceHeader(handedOn)).toEqual({ traceId: ROOT, parentId: publish?.id, sampled: true });

    await invoke();
    while (received.length < 4) await once(daemon, 'message');
    expect(received[3]).toMatchObject({ annotations: { ColdStart: false } });
  });

  it('records the error that escapes, and lets it escape', async () => {
    const failing = make(sampled).invocation(() => Promise.reject(new Error('no stream')));
    await expect(failing).rejects.toThrow('no stream');
    while (received.length < 1) await once(daemon, 'message');
    expect(JSON.stringify(received[0])).toContain('no stream');
  });

  it('hands on the decision not to sample, and records nothing', async () => {
    const tracing = make(`Root=${ROOT};Parent=${LAMBDA_SEGMENT};Sampled=0`);
    const header = await tracing.invocation(() => tracing.subsegment('## publish', async (given) => given));
    expect(parseTraceHeader(header)).toEqual({ traceId: ROOT, parentId: LAMBDA_SEGMENT, sampled: false });
    expect(received).toEqual([]);
  });

  it.each([undefined, '', 'Sampled=1'])('does the work all the same with the header %j', async (given) => {
    const tracing = make(given);
    await expect(
      tracing.invocation(() => tracing.subsegment('s', async (header) => [header])),
    ).resolves.toEqual([undefined]);
  });

  it('is off where Powertools says so', async () => {
    const tracing = make(sampled);
    process.env['POWERTOOLS_TRACE_ENABLED'] = 'False';
    await tracing.invocation(async () => expect(tracing.context()).toBeUndefined());
    delete process.env['POWERTOOLS_TRACE_ENABLED'];
    expect(received).toEqual([]);
  });

  it('hands on the trace where nothing is recorded in the function itself', async () => {
    const tracing = make(sampled, { loadTracer: undefined });
    const header = await tracing.invocation(() => tracing.subsegment('s', async (given) => given));
    expect([header, received]).toEqual([sampled, []]);
  });

  it('goes on without a tracer that does not load', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const tracing = make(sampled);
    tracing.captureClient({});
    await expect(tracing.invocation(async () => 'done')).resolves.toBe('done');
    await expect(tracing.invocation(async () => 'again')).resolves.toBe('again');
    expect(troubles).toHaveLength(1);
    warn.mockRestore();
  });
});
