import { createServer, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type HttpRequest, HttpResponse } from '@smithy/core/protocols';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { FinalizeRequestMiddleware, Pluggable } from '@smithy/types';
import { S3PutClient, type S3Object } from './s3-put-client.js';
import type { S3Location } from './s3-location.js';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' };
const IRELAND: S3Location = { region: 'eu-west-1', endpoint: undefined, fips: false, dualStack: false };
const OBJECT: S3Object = {
  key: "reason=late/2026/05/14/a b+(c)*'d'~é/%2F.json",
  body: '{"reason":"late","detail":"µ"}',
  contentType: 'application/json',
};

/** Keeps every request, and answers 200. */
class RecordingHandler {
  readonly requests: HttpRequest[] = [];
  async handle(request: HttpRequest) {
    this.requests.push(request);
    return { response: new HttpResponse({ statusCode: 200, headers: {}, body: Readable.from([]) }) };
  }
}

/** Leaves only what both clients must agree on: user agents and ids of invocations are each client's own. */
const comparable: Pluggable<never, never> = {
  applyToStack: (stack) => {
    const middleware: FinalizeRequestMiddleware<never, never> = (next) => (args) => {
      const { headers } = args.request as HttpRequest;
      delete headers['x-amz-user-agent'];
      delete headers['user-agent'];
      headers['amz-sdk-invocation-id'] = 'id';
      return next(args);
    };
    stack.addRelativeTo(middleware, { relation: 'before', toMiddleware: 'httpSigningMiddleware' });
  },
};

async function requestOfSdk(bucket: string, location: S3Location, object: S3Object): Promise<HttpRequest> {
  const requestHandler = new RecordingHandler();
  const client = new S3Client({
    region: location.region,
    ...(location.endpoint === undefined ? {} : { endpoint: location.endpoint.href }),
    useFipsEndpoint: location.fips,
    useDualstackEndpoint: location.dualStack,
    credentials: CREDENTIALS,
    maxAttempts: 4,
    requestHandler,
  });
  client.middlewareStack.use(comparable as never);
  const { key: Key, body: Body, contentType: ContentType } = object;
  await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType }));
  return requestHandler.requests[0]!;
}

async function requestOfOurs(bucket: string, location: S3Location, object: S3Object): Promise<HttpRequest> {
  const requestHandler = new RecordingHandler();
  const credentials = async () => CREDENTIALS;
  const client = new S3PutClient({ bucket, location, credentials, requestHandler, maxAttempts: 4 });
  client.middlewareStack.use(comparable as never);
  await client.put(object);
  return requestHandler.requests[0]!;
}

function comparisonOf(request: HttpRequest): object {
  const { protocol, hostname, port, method, path, query, headers, body } = request;
  return { protocol, hostname, port, method, path, query, headers, body: Buffer.from(body).toString() };
}

describe('the request of S3PutClient', () => {
  beforeAll(() => {
    jest.useFakeTimers({
      now: Date.UTC(2026, 4, 14, 12),
      doNotFake: ['nextTick', 'setImmediate', 'setTimeout'],
    });
  });
  afterAll(() => jest.useRealTimers());

  const endpoint = (url: string): S3Location => ({ ...IRELAND, endpoint: new URL(url) });

  it.each<[string, string, S3Location]>([
    ['a region', 'weir-quarantine', IRELAND],
    ['the first region', 'weir-quarantine', { ...IRELAND, region: 'us-east-1' }],
    ['another partition', 'weir-quarantine', { ...IRELAND, region: 'cn-north-1' }],
    ['a region that is not known yet', 'weir-quarantine', { ...IRELAND, region: 'eu-west-9' }],
    ['a bucket with dots', 'weir.quarantine', IRELAND],
    ['a bucket of old', 'Weir_Quarantine', IRELAND],
    ['FIPS', 'weir-quarantine', { ...IRELAND, region: 'us-gov-west-1', fips: true }],
    ['IPv6', 'weir-quarantine', { ...IRELAND, dualStack: true }],
    ['FIPS over IPv6', 'weir-quarantine', { ...IRELAND, region: 'us-east-2', fips: true, dualStack: true }],
    ['a server of this machine', 'weir-quarantine', endpoint('http://127.0.0.1:9000')],
    ['a server with a name', 'weir-quarantine', endpoint('http://localhost:9000')],
    ['a bucket with dots on a server', 'weir.quarantine', endpoint('http://localhost:9000')],
    ['a server below a path', 'weir-quarantine', endpoint('https://storage.example/s3')],
  ])('is that of the AWS SDK, its signature included: %s', async (_what, bucket, location) => {
    const ours = await requestOfOurs(bucket, location, OBJECT);
    expect(ours.headers['authorization']).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20260514\//);
    expect(ours.headers['x-amz-security-token']).toBe('session');
    expect(comparisonOf(ours)).toEqual(comparisonOf(await requestOfSdk(bucket, location, OBJECT)));
  });
});

describe('S3PutClient', () => {
  const answers: { status: number; body: string }[] = [];
  const attempts: (string | undefined)[] = [];
  let server: Server;

  beforeAll(async () => {
    server = createServer((request: IncomingMessage, response) => {
      request.resume().on('end', () => {
        attempts.push(request.headers['amz-sdk-request'] as string);
        const { status, body } = answers.shift() ?? { status: 200, body: '' };
        response.writeHead(status, { 'x-amz-request-id': 'R1', 'x-amz-id-2': 'H1' }).end(body);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    answers.length = 0;
    attempts.length = 0;
  });

  const endpoint = () => new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const makeClient = () =>
    new S3PutClient({
      bucket: 'weir-quarantine',
      location: { ...IRELAND, endpoint: endpoint() },
      credentials: async () => CREDENTIALS,
      requestHandler: new NodeHttpHandler(),
      maxAttempts: 3,
    });
  const errorOf = (code: string): string =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>Because.</Message></Error>`;

  it.each([
    ['a status of 500', { status: 500, body: '' }],
    ['SlowDown', { status: 503, body: errorOf('SlowDown') }],
    ['an error in an answer of 200', { status: 200, body: errorOf('InternalError') }],
  ])('tries again after %s', async (_what, answer) => {
    answers.push(answer, answer);
    await makeClient().put(OBJECT);
    expect(attempts).toEqual(['attempt=1; max=3', 'attempt=2; max=3', 'attempt=3; max=3']);
  });

  it('gives up after the last attempt', async () => {
    const answer = { status: 503, body: errorOf('SlowDown') };
    answers.push(answer, answer, answer);
    await expect(makeClient().put(OBJECT)).rejects.toMatchObject({
      name: 'SlowDown',
      $metadata: { httpStatusCode: 503, attempts: 3 },
    });
  });

  it.each([
    ['an error of S3', errorOf('AccessDenied')],
    ['an answer without one', ''],
  ])('fails at once, as the AWS SDK does, with %s', async (_what, body) => {
    answers.push({ status: 403, body }, { status: 403, body });
    const { key: Key, body: Body } = OBJECT;
    const sdk = new S3Client({ endpoint: endpoint().href, region: 'eu-west-1', credentials: CREDENTIALS });
    const theirs = await sdk
      .send(new PutObjectCommand({ Bucket: 'weir-quarantine', Key, Body }))
      .catch(({ name, $fault, $metadata: { httpStatusCode, requestId, extendedRequestId } }) => ({
        name,
        $fault,
        $metadata: { httpStatusCode, requestId, extendedRequestId, attempts: 1 },
      }));
    sdk.destroy();
    await expect(makeClient().put(OBJECT)).rejects.toMatchObject(theirs);
    expect(attempts).toHaveLength(2);
  });

  it('fails at once with an answer that is not S3’s', async () => {
    answers.push({ status: 404, body: 'Nothing here.' });
    await expect(makeClient().put(OBJECT)).rejects.toMatchObject({
      name: 'Unknown',
      message: expect.stringContaining('404'),
    });
    expect(attempts).toHaveLength(1);
  });

  it('tries again when nobody answers, and fails with what the connection says', async () => {
    const client = new S3PutClient({
      bucket: 'weir-quarantine',
      location: { ...IRELAND, endpoint: new URL('http://127.0.0.1:1') },
      credentials: async () => CREDENTIALS,
      requestHandler: new NodeHttpHandler(),
      maxAttempts: 2,
    });
    await expect(client.put(OBJECT)).rejects.toMatchObject({
      message: expect.stringContaining('ECONNREFUSED'),
      $metadata: { attempts: 2 },
    });
  });
});
