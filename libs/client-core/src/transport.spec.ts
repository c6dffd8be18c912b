import { retryPolicy } from './backoff.js';
import type { RetryOptions } from './backoff.js';
import { systemRuntime } from './runtime.js';
import { createManualRuntime } from './testing/manual-runtime.js';
import { startScriptedServer } from './testing/scripted-server.js';
import type { ScriptedAnswer, ScriptedServer } from './testing/scripted-server.js';
import type { TokenSource } from './token-provider.js';
import { createTransport } from './transport.js';
import type { RetryEvent, TransportOptions } from './transport.js';
import { WeirTransportError } from './transport-error.js';

let server: ScriptedServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function prepare(
  answers: ScriptedAnswer[],
  {
    retry = {},
    ...rest
  }: { retry?: RetryOptions; token?: TokenSource; fetch?: TransportOptions['fetch'] } = {},
) {
  const started = (server = await startScriptedServer(answers));
  const runtime = createManualRuntime({ nowMs: Date.UTC(2026, 10, 1) });
  const retries: RetryEvent[] = [];
  const transport = createTransport(
    {
      token: 'secret',
      timeoutMs: 1000,
      ...rest,
      retry: retryPolicy(retry),
      onRetry: (event) => retries.push(event),
    },
    runtime,
  );
  const url = `${started.url}/v1/things`;
  return { server: started, runtime, retries, transport, url };
}

const OK: ScriptedAnswer = { status: 200, body: 'fine' };

describe('a transport', () => {
  it('sends method, headers, body and the bearer token', async () => {
    const { server, transport, url } = await prepare([OK]);

    const response = await transport.send({
      method: 'PUT',
      url,
      headers: { 'Content-Type': 'text/plain' },
      body: 'hello',
    });

    expect(new TextDecoder().decode(response.body)).toBe('fine');
    expect(server.seen[0]).toMatchObject({ method: 'PUT', path: '/v1/things', body: 'hello' });
    expect(server.seen[0]?.headers).toMatchObject({
      authorization: 'Bearer secret',
      'content-type': 'text/plain',
    });
  });

  it.each([408, 429, 500, 502, 503, 504])('tries again after a %i', async (status) => {
    const { server, transport, url, runtime } = await prepare([{ status }, { status }, OK]);

    const response = await transport.send({ method: 'GET', url });

    expect(response.status).toBe(200);
    expect(server.seen).toHaveLength(3);
    expect(runtime.slept).toEqual([100, 200]);
  });

  it.each([200, 204, 304, 400, 403, 404, 409, 413, 415, 422])('hands a %i over at once', async (status) => {
    const { server, transport, url } = await prepare([{ status }]);

    expect((await transport.send({ method: 'GET', url })).status).toBe(status);
    expect(server.seen).toHaveLength(1);
  });

  it('waits as long as Retry-After asks for, and jitter on top', async () => {
    const { transport, url, runtime } = await prepare([
      { status: 429, headers: { 'Retry-After': '7' } },
      { status: 503, headers: { 'Retry-After': 'Sun, 01 Nov 2026 00:00:20 GMT' } },
      OK,
    ]);

    await transport.send({ method: 'GET', url });

    expect(runtime.slept).toEqual([7100, 20_000 - 7100 + 200]);
  });

  it('hands over the last answer when the attempts are used up', async () => {
    const { server, transport, url, retries } = await prepare(
      [{ status: 503, body: '{"code":"unavailable"}' }],
      { retry: { maxAttempts: 3 } },
    );

    expect((await transport.send({ method: 'GET', url })).status).toBe(503);
    expect(server.seen).toHaveLength(3);
    expect(retries.map(({ failures, error }) => [failures, error.code])).toEqual([
      [1, 'unavailable'],
      [2, 'unavailable'],
    ]);
  });

  it('starts no attempt after giveUpAfterMs', async () => {
    const { server, transport, url, runtime } = await prepare([{ status: 503 }], {
      retry: { maxAttempts: Number.POSITIVE_INFINITY, giveUpAfterMs: 1000 },
    });

    await transport.send({ method: 'GET', url });

    expect(runtime.slept).toEqual([100, 200, 400]);
    expect(server.seen).toHaveLength(4);
  });

  it.each(['before', 'within'] as const)(
    'tries again when the connection breaks %s the answer',
    async (breakOff) => {
      const { server, transport, url, retries } = await prepare([{ status: 200, breakOff }, OK]);

      expect((await transport.send({ method: 'GET', url })).status).toBe(200);
      expect(server.seen).toHaveLength(2);
      expect(retries[0]?.error).toMatchObject({ name: 'WeirTransportError', code: 'network' });
    },
  );

  it('says why nobody answered', async () => {
    const { transport, url, server } = await prepare([OK], { retry: { maxAttempts: 2 } });
    await server.close();

    const failure = transport.send({ method: 'GET', url });

    await expect(failure).rejects.toThrow(WeirTransportError);
    await expect(failure).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('takes an answer that the check refuses for no answer', async () => {
    const { transport, url, retries } = await prepare([{ status: 200, body: 'portal' }, OK]);

    const response = await transport.send({
      method: 'GET',
      url,
      check: ({ body }) => {
        if (new TextDecoder().decode(body) === 'portal') {
          throw new WeirTransportError('invalid_response', 'a portal');
        }
      },
    });

    expect(new TextDecoder().decode(response.body)).toBe('fine');
    expect(retries[0]?.error.code).toBe('invalid_response');
  });

  it('ends an attempt that takes too long', async () => {
    const { server, transport, url, runtime } = await prepare([{ status: 200, silent: true }], {
      retry: { maxAttempts: 1 },
    });

    const failure = expect(transport.send({ method: 'GET', url })).rejects.toMatchObject({
      code: 'timeout',
      message: `GET ${url}: no answer within 1000 ms`,
    });
    await server.reached(1);
    runtime.fireTimers();

    await failure;
  });
});

describe('a transport that is aborted', () => {
  it('rejects with the reason while it waits for an answer', async () => {
    const { server, transport, url } = await prepare([{ status: 200, silent: true }]);
    const controller = new AbortController();

    const failure = expect(transport.send({ method: 'GET', url, signal: controller.signal })).rejects.toThrow(
      'enough',
    );
    await server.reached(1);
    controller.abort(new Error('enough'));

    await failure;
  });

  it('rejects with the reason while it waits for the next attempt', async () => {
    const started = (server = await startScriptedServer([
      { status: 503, headers: { 'Retry-After': '3000' } },
    ]));
    const controller = new AbortController();
    const transport = createTransport(
      {
        token: 'secret',
        timeoutMs: 60_000,
        retry: retryPolicy(),
        onRetry: () => setImmediate(() => controller.abort(new Error('enough'))),
      },
      systemRuntime,
    );

    await expect(
      transport.send({ method: 'GET', url: started.url, signal: controller.signal }),
    ).rejects.toThrow('enough');
  });

  it('sends nothing when it was aborted before', async () => {
    const { server, transport, url } = await prepare([OK]);

    await expect(
      transport.send({ method: 'GET', url, signal: AbortSignal.abort(new Error('never mind')) }),
    ).rejects.toThrow('never mind');
    expect(server.seen).toHaveLength(0);
  });
});

describe('a token', () => {
  it('is fetched anew once after a 401', async () => {
    let asked = 0;
    const { server, transport, url, runtime } = await prepare([{ status: 401 }, OK], {
      token: () => Promise.resolve(`token-${++asked}`),
    });

    expect((await transport.send({ method: 'GET', url })).status).toBe(200);
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ]);
    expect(runtime.slept).toEqual([]);
  });

  it('that is refused twice ends the request', async () => {
    const { server, transport, url } = await prepare([{ status: 401 }], {
      token: () => Promise.resolve('token'),
    });

    expect((await transport.send({ method: 'GET', url })).status).toBe(401);
    expect(server.seen).toHaveLength(2);
  });

  it('that is a string is not sent again', async () => {
    const { server, transport, url } = await prepare([{ status: 401 }]);

    expect((await transport.send({ method: 'GET', url })).status).toBe(401);
    expect(server.seen).toHaveLength(1);
  });

  it('that cannot be had is asked for again', async () => {
    let asked = 0;
    const { transport, url, retries } = await prepare([OK], {
      token: () => (++asked < 3 ? Promise.reject(new Error('login is down')) : Promise.resolve('token')),
    });

    expect((await transport.send({ method: 'GET', url })).status).toBe(200);
    expect(retries.map(({ error }) => error.message)).toEqual([
      'No token could be had: login is down',
      'No token could be had: login is down',
    ]);
  });

  it('that no header can carry is an error of the caller, not of the network', async () => {
    const { server, transport, url } = await prepare([OK], { token: 'two\nlines' });

    await expect(transport.send({ method: 'GET', url })).rejects.toThrow(
      'The token is empty or has characters that no header can carry',
    );
    expect(server.seen).toHaveLength(0);
  });
});
