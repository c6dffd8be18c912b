import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { runPart } from '../testing/run-part.js';
import type { BundleSize } from './bundle-size.js';

const root = join(__dirname, '../../../..');

/** A few per cent above what they are. Never above 500,000. */
const BYTES_MAX = {
  'authorizer-fn': 62_000,
  'ingest-fn': 360_000,
  'process-fn': 500_000,
  'analytics-fn': 475_000,
};

const CLIENT = { 'ingest-fn': 'kinesis', 'process-fn': 'dynamodb', 'analytics-fn': 'dynamodb' };

describe('the bundle', () => {
  let sizes: BundleSize[];

  beforeAll(async () => {
    sizes = await runPart<BundleSize[]>('bundle-sizes');
  }, 60_000);

  const sizeOf = (project: string): BundleSize => {
    const size = sizes.find((one) => one.project === project);
    if (size === undefined) throw new Error(`${project} was not measured`);
    return size;
  };

  it.each(Object.entries(BYTES_MAX))('of %s has at most %d bytes', (project, bytesMax) => {
    const { bytes, packages } = sizeOf(project);
    const heaviest = Object.entries(packages).slice(0, 12);
    // What made it grow is then in the difference.
    expect({ bytes, heaviest: bytes > bytesMax ? heaviest : [] }).toEqual({
      bytes: Math.min(bytes, bytesMax),
      heaviest: [],
    });
  });

  it.each(Object.entries(CLIENT))('of %s has one client besides that of X-Ray: %s', (project, client) => {
    const names = Object.keys(sizeOf(project).packages);
    expect(names).toEqual(expect.arrayContaining([`@aws-sdk/client-${client}`]));
    const unwanted =
      /^(@aws-sdk\/(nested-clients|token-providers|client-.*|credential-provider-.*)|semver|cls-hooked)$/;
    const wanted = [`@aws-sdk/client-${client}`, '@aws-sdk/client-xray', '@aws-sdk/credential-provider-env'];
    expect(names.filter((name) => unwanted.test(name) && !wanted.includes(name))).toEqual([]);
  });

  it('replaces no module that anybody else asks for', () => {
    for (const { importers } of sizes) {
      const { '@aws-sdk/credential-provider-node': clients = [], ...others } = importers;
      expect(clients).not.toEqual([]);
      expect(clients.filter((name) => !name.startsWith('@aws-sdk/client-'))).toEqual([]);
      expect(others).toEqual({ semver: ['aws-xray-sdk-core'], 'cls-hooked': ['aws-xray-sdk-core'] });
    }
  });

  it('of authorizer-fn has nothing of the tracer', () => {
    expect(Object.keys(sizeOf('authorizer-fn').packages)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/xray|tracer/)]),
    );
  });

  it('signs with the session token that Lambda hands it', async () => {
    const headers: IncomingHttpHeaders[] = [];
    const server = createServer((request, response) => {
      headers.push(request.headers);
      response.statusCode = 400;
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const event = {
      resource: '/v1/devices/{deviceId}',
      path: '/v1/devices/pump-1',
      httpMethod: 'GET',
      headers: {},
      pathParameters: { deviceId: 'pump-1' },
      queryStringParameters: {},
      multiValueQueryStringParameters: {},
      body: null,
      isBase64Encoded: false,
      requestContext: {
        requestId: 'r',
        authorizer: { principalId: 'reader', scope: 'telemetry:read', exp: '4102444800' },
      },
    };
    const program = `const { handler } = await import(process.argv[1]); await handler(${JSON.stringify(event)}, { getRemainingTimeInMillis: () => 30000 });`;
    const child = spawn(
      join(root, 'node_modules/.bin/node'),
      ['--input-type=module', '-e', program, join(root, 'apps/analytics-fn/dist/handler.mjs')],
      {
        stdio: 'ignore',
        env: {
          PATH: process.env['PATH'],
          AWS_REGION: 'eu-west-1',
          AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE',
          AWS_SECRET_ACCESS_KEY: 'secret',
          AWS_SESSION_TOKEN: 'session',
          AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
          STAGE: 'dev',
          TABLE_NAME: 't',
        },
      },
    );
    await once(child, 'exit');
    server.close();
    expect(headers[0]).toMatchObject({
      'x-amz-security-token': 'session',
      authorization: expect.stringMatching(
        /Credential=ASIAEXAMPLE\/.*\/eu-west-1\/dynamodb\/aws4_request, .*x-amz-security-token/,
      ),
    });
  }, 30_000);
});
