import { createManualRuntime, json, startScriptedServer } from '@weir/client-core/testing';
import type { Script, ScriptedAnswer, ScriptedServer, SeenRequest } from '@weir/client-core/testing';

import { createIngestClient } from './ingest-client.js';
import type { IngestClientOptions } from './options.js';
import type { Reading, Rejection } from './reading.js';

let server: ScriptedServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function prepare(script: Script, options: Partial<IngestClientOptions> = {}) {
  const started = (server = await startScriptedServer(script));
  const runtime = createManualRuntime();
  const rejections: { reading: Reading; rejection: Rejection }[] = [];
  const client = createIngestClient(
    {
      baseUrl: started.url,
      token: 'secret',
      onRejected: (reading, rejection) => rejections.push({ reading, rejection }),
      ...options,
    },
    runtime,
  );
  return { server: started, client, runtime, rejections };
}

function makeReading(index: number, deviceId = 'boiler-1'): Reading {
  return { deviceId, timestamp: 1_700_000_000_000 + index, metrics: { temperature: index } };
}

function readingsOf(request: SeenRequest | undefined): Reading[] {
  return (JSON.parse(request?.body ?? '{"readings":[]}') as { readings: Reading[] }).readings;
}

/** Accepts what comes, as the API does. */
function acceptAll(request: SeenRequest): ScriptedAnswer {
  return json(202, { accepted: readingsOf(request).length, rejected: [], requestId: 'r-1' });
}

function makeGate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** Gives a server's handlers and the client's continuations the time to run as far as they can. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('batches', () => {
  it('are sent compressed, in the order of send, with at most maxBatchReadings each', async () => {
    const { server, client } = await prepare(acceptAll, { maxBatchReadings: 3 });

    for (let index = 0; index < 7; index += 1) await client.send(makeReading(index));
    await client.close();

    expect(server.seen.map((request) => readingsOf(request).length)).toEqual([3, 3, 1]);
    expect(server.seen.flatMap(readingsOf)).toEqual([0, 1, 2, 3, 4, 5, 6].map((index) => makeReading(index)));
    expect(server.seen[0]).toMatchObject({ method: 'POST', path: '/v1/telemetry' });
    expect(server.seen[0]?.headers).toMatchObject({
      authorization: 'Bearer secret',
      'content-encoding': 'gzip',
      'content-type': 'application/json',
    });
    expect(client.stats).toEqual({ sent: 7, accepted: 7, rejected: 0, requests: 3, retries: 0 });
  });

  it('hold at most maxBatchBytes of JSON, counted in UTF-8', async () => {
    const reading = { deviceId: 'ä'.repeat(20), timestamp: 1_700_000_000_000, metrics: { m: 1 } };
    const readingBytes = Buffer.byteLength(JSON.stringify(reading));
    const maxBatchBytes = 15 + 3 * (readingBytes + 1);
    const { server, client } = await prepare(acceptAll, { maxBatchBytes });

    for (let index = 0; index < 7; index += 1) await client.send(reading);
    await client.close();

    expect(server.seen.map((request) => readingsOf(request).length)).toEqual([3, 3, 1]);
    for (const { body } of server.seen) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(maxBatchBytes);
  });

  it('go when the oldest reading has waited for maxBatchAgeMs', async () => {
    const { server, client, runtime } = await prepare(acceptAll, { maxBatchAgeMs: 250 });

    await client.send(makeReading(0));
    runtime.advanceClock(100);
    await client.send(makeReading(1));
    await settle();
    expect(server.seen).toHaveLength(0);
    runtime.fireTimers(250);
    await server.reached(1);

    expect(readingsOf(server.seen[0])).toHaveLength(2);
    await client.close();
  });

  it('hold readings as they were at the time of send', async () => {
    const { server, client } = await prepare(acceptAll);
    const reading = makeReading(1);

    await client.send(reading);
    reading.metrics['temperature'] = 99;
    await client.close();

    expect(readingsOf(server.seen[0])).toEqual([makeReading(1)]);
  });

  it('never overtake each other, retries included', async () => {
    let failures = 0;
    const { server, client } = await prepare(
      (request, index) => (index % 2 === 0 && ++failures < 5 ? { status: 503 } : acceptAll(request)),
      { maxBatchReadings: 2 },
    );

    for (let index = 0; index < 10; index += 1) await client.send(makeReading(index));
    await client.close();

    const accepted: number[] = [];
    for (const request of server.seen) {
      for (const { metrics } of readingsOf(request)) {
        const value = metrics['temperature'] ?? -1;
        if (!accepted.includes(value)) accepted.push(value);
      }
    }
    expect(accepted).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(client.stats.accepted).toBe(10);
  });

  it('go side by side when concurrency allows it', async () => {
    const gate = makeGate();
    const { server, client } = await prepare(
      async (request) => {
        await gate.opened;
        return acceptAll(request);
      },
      { concurrency: 3, maxBatchReadings: 1 },
    );

    for (let index = 0; index < 5; index += 1) await client.send(makeReading(index));
    await server.reached(3);
    await settle();
    expect(server.seen).toHaveLength(3);
    gate.open();
    await client.close();

    expect(client.stats).toMatchObject({ accepted: 5, requests: 5 });
  });
});

describe('a batch that fails for now', () => {
  it('goes again until it is accepted, no sooner than Retry-After says', async () => {
    const { client, runtime, server } = await prepare((request, index) => {
      if (index === 0) return { status: 429, headers: { 'Retry-After': '5' } };
      if (index === 1) return { status: 500, breakOff: 'before' };
      if (index === 2) return { status: 408 };
      return acceptAll(request);
    });

    await client.send(makeReading(0));
    await client.flush();

    expect(runtime.slept).toEqual([5100, 200, 400]);
    expect(new Set(server.seen.map(({ body }) => body)).size).toBe(1);
    expect(client.stats).toEqual({ sent: 1, accepted: 1, rejected: 0, requests: 4, retries: 3 });
    await client.close();
  });

  it.each<[string, ScriptedAnswer]>([
    ['a page of a captive portal', { status: 200, body: '<html></html>' }],
    ['a receipt for fewer readings', json(202, { accepted: 1, rejected: [], requestId: 'r' })],
    [
      'a receipt that rejects a reading twice',
      json(202, {
        accepted: 0,
        rejected: [
          { index: 0, code: 'c', detail: 'd' },
          { index: 0, code: 'c', detail: 'd' },
        ],
        requestId: 'r',
      }),
    ],
  ])('because the answer is %s goes again', async (_what, answer) => {
    const { client, server } = await prepare((request, index) => (index === 0 ? answer : acceptAll(request)));

    await client.send(makeReading(0));
    await client.send(makeReading(1));
    await client.close();

    expect(server.seen).toHaveLength(2);
    expect(client.stats).toMatchObject({ accepted: 2, retries: 1 });
  });

  it('fails for good after giveUpAfterMs', async () => {
    const { client } = await prepare([json(503, { code: 'not_durable' })], { giveUpAfterMs: 1000 });

    await client.send(makeReading(0));

    await expect(client.flush()).rejects.toMatchObject({ name: 'WeirProblemError', code: 'not_durable' });
    await expect(client.close()).rejects.toMatchObject({ undelivered: [makeReading(0)] });
  });
});

describe('rejected readings', () => {
  it('are reported with the object that was sent', async () => {
    const rejected = [{ index: 1, code: 'timestamp_too_old', detail: '/readings/1/timestamp is too old' }];
    const { client, rejections } = await prepare([json(202, { accepted: 2, rejected, requestId: 'r-7' })]);
    const readings = [0, 1, 2].map((index) => makeReading(index));

    for (const reading of readings) await client.send(reading);
    await client.close();

    expect(rejections).toEqual([
      {
        reading: readings[1],
        rejection: {
          code: 'timestamp_too_old',
          detail: '/readings/1/timestamp is too old',
          requestId: 'r-7',
        },
      },
    ]);
    expect(rejections[0]?.reading).toBe(readings[1]);
    expect(client.stats).toMatchObject({ sent: 3, accepted: 2, rejected: 1 });
  });

  it.each([422, 403])('fail nothing when all of a request are (%i)', async (status) => {
    const rejected = [{ index: 0, code: 'device_not_allowed', detail: 'no' }];
    const problem = { type: 't', title: 't', status, code: 'c', requestId: 'r', rejected };
    const { client, rejections } = await prepare([json(status, problem)]);

    await client.send(makeReading(0));
    await client.close();

    expect(rejections.map(({ rejection }) => rejection.code)).toEqual(['device_not_allowed']);
  });
});

describe('a batch that is too large', () => {
  it('is split until it fits, in order', async () => {
    const { server, client, rejections } = await prepare((request) =>
      readingsOf(request).length > 2 ? { status: 413 } : acceptAll(request),
    );

    for (let index = 0; index < 7; index += 1) await client.send(makeReading(index));
    await client.close();

    const accepted = server.seen.map(readingsOf).filter(({ length }) => length <= 2);
    expect(accepted.flat()).toEqual([0, 1, 2, 3, 4, 5, 6].map((index) => makeReading(index)));
    expect(client.stats).toMatchObject({ sent: 7, accepted: 7 });
    expect(rejections).toEqual([]);
  });

  it('rejects the reading that is too large alone', async () => {
    const { client, rejections } = await prepare((request) =>
      request.body.includes('giant')
        ? json(413, { code: 'payload_too_large', detail: 'The body inflates to more than 5242880 bytes.' })
        : acceptAll(request),
    );

    for (let index = 0; index < 4; index += 1) {
      await client.send(makeReading(index, index === 2 ? 'giant' : 'boiler-1'));
    }
    await client.close();

    expect(client.stats).toMatchObject({ accepted: 3, rejected: 1 });
    expect(rejections).toMatchObject([
      { reading: { deviceId: 'giant' }, rejection: { code: 'payload_too_large', detail: /inflates/ } },
    ]);
  });
});

describe('back-pressure', () => {
  it('makes send wait while maxQueuedReadings are without an answer', async () => {
    const gate = makeGate();
    const { client, server } = await prepare(
      async (request) => {
        await gate.opened;
        return acceptAll(request);
      },
      { maxQueuedReadings: 4, maxBatchReadings: 2 },
    );
    let taken = 0;

    const sending = (async () => {
      for (let index = 0; index < 10; index += 1) {
        await client.send(makeReading(index));
        taken += 1;
      }
    })();
    await server.reached(1);
    await settle();
    expect(taken).toBe(4);
    gate.open();
    await sending;
    await client.close();

    expect(client.stats.accepted).toBe(10);
  });

  it('sends a full queue although no batch is full', async () => {
    const { client } = await prepare(acceptAll, { maxQueuedReadings: 2, maxBatchReadings: 500 });

    for (let index = 0; index < 20; index += 1) await client.send(makeReading(index));
    await client.close();

    expect(client.stats.accepted).toBe(20);
  });
});

describe('flush', () => {
  it('resolves once everything sent before is settled', async () => {
    const { client } = await prepare(acceptAll);
    await client.flush();

    await client.send(makeReading(0));
    await client.send(makeReading(1));
    await client.flush();

    expect(client.stats.accepted).toBe(2);
    await client.close();
  });
});

describe('a request refused as a whole', () => {
  it.each([400, 401, 403, 404, 415])('ends the client with the problem (%i)', async (status) => {
    const problem = { type: 't', title: 't', status, code: 'no_way', detail: 'Not like this.' };
    const { client, server } = await prepare([json(status, problem)], {
      maxQueuedReadings: 1,
      maxBatchReadings: 1,
    });
    const expected = { name: 'WeirProblemError', status, code: 'no_way' };

    await client.send(makeReading(0));
    await expect(client.send(makeReading(1))).rejects.toMatchObject(expected);
    await expect(client.send(makeReading(2))).rejects.toMatchObject(expected);
    await expect(client.flush()).rejects.toMatchObject(expected);

    expect(server.seen).toHaveLength(1);
    await expect(client.close()).rejects.toMatchObject({
      name: 'WeirUndeliveredError',
      undelivered: [makeReading(0), makeReading(1)],
      cause: expected,
    });
  });

  it('is asked again once with another token after a 401', async () => {
    let asked = 0;
    const { client, server } = await prepare(
      (request) =>
        request.headers.authorization === 'Bearer token-2'
          ? acceptAll(request)
          : json(401, { code: 'unauthorized' }),
      { token: () => Promise.resolve(`token-${++asked}`) },
    );

    await client.send(makeReading(0));
    await client.close();

    expect(server.seen).toHaveLength(2);
    expect(client.stats.accepted).toBe(1);
  });

  it('loses nothing of a batch whose first half was accepted', async () => {
    const { client } = await prepare((request, index) => {
      if (index === 0) return { status: 413 };
      return index === 1 ? acceptAll(request) : json(403, { code: 'insufficient_scope' });
    });

    for (let index = 0; index < 4; index += 1) await client.send(makeReading(index));

    await expect(client.close()).rejects.toMatchObject({ undelivered: [makeReading(2), makeReading(3)] });
    expect(client.stats).toMatchObject({ sent: 4, accepted: 2 });
  });
});

describe('close', () => {
  it('delivers what waits, and takes nothing more', async () => {
    const { client } = await prepare(acceptAll);

    void client.send(makeReading(0));
    const closed = client.close();

    await expect(client.send(makeReading(1))).rejects.toMatchObject({ code: 'client_closed' });
    await closed;
    expect(client.close()).toBe(closed);
    expect(client.stats).toMatchObject({ sent: 1, accepted: 1 });
  });

  it('gives back in order what it cannot deliver in time', async () => {
    const { client, server, runtime } = await prepare([{ status: 202, silent: true }], {
      maxBatchReadings: 2,
      concurrency: 2,
    });

    for (let index = 0; index < 5; index += 1) await client.send(makeReading(index));
    await server.reached(2);
    const closed = expect(client.close({ timeoutMs: 3000 })).rejects.toMatchObject({
      undelivered: [0, 1, 2, 3, 4].map((index) => makeReading(index)),
      message: '5 readings could not be delivered: close() did not end within 3000 ms',
    });
    runtime.fireTimers(3000);

    await closed;
  });
});

describe('mistakes of the caller', () => {
  it('are named', async () => {
    const { client } = await prepare(acceptAll);
    const cyclic = makeReading(0);
    Object.assign(cyclic, { self: cyclic });

    await expect(client.send(cyclic)).rejects.toThrow('circular');
    expect(client.stats.sent).toBe(0);
    await client.close();
    const options = { baseUrl: 'http://127.0.0.1', token: 't', onRejected: () => undefined };
    expect(() => createIngestClient({ ...options, maxBatchReadings: 5001 })).toThrow(
      'maxBatchReadings must be an integer from 1 to 5000, not 5001',
    );
    expect(() => createIngestClient({ ...options, baseUrl: 'nowhere' })).toThrow('baseUrl');
  });

  it('in a callback end the client instead of vanishing', async () => {
    const rejected = [{ index: 0, code: 'invalid_reading', detail: 'd' }];
    const { client } = await prepare([json(422, { code: 'c', rejected, requestId: 'r' })], {
      onRejected: () => {
        throw new Error('the callback is broken');
      },
    });

    await client.send(makeReading(0));

    await expect(client.close()).rejects.toThrow('the callback is broken');
  });
});
