import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { putSegments } from './put-segments.js';

describe('putting segments through the API of X-Ray', () => {
  const environment = { ...process.env };
  const requests: { path: string | undefined; documents: string[] }[] = [];
  let refused: object[] = [];
  let server: Server;

  beforeAll(async () => {
    server = createServer((request, response) => {
      void json(request).then((body) => {
        requests.push({
          path: request.url,
          documents: (body as { TraceSegmentDocuments: string[] }).TraceSegmentDocuments,
        });
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ UnprocessedTraceSegments: refused }));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_XRAY: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    });
  });

  afterAll(() => {
    process.env = environment;
    server.closeAllConnections();
    server.close();
  });

  beforeEach(() => {
    requests.length = 0;
    refused = [];
  });

  it('sends fifty at a time', async () => {
    const documents = Array.from({ length: 51 }, (_, index) => JSON.stringify({ id: String(index) }));
    await putSegments(documents);
    expect(requests).toEqual([
      { path: '/TraceSegments', documents: documents.slice(0, 50) },
      { path: '/TraceSegments', documents: documents.slice(50) },
    ]);
  });

  it('says which documents were refused, and why', async () => {
    refused = [{ Id: '1', ErrorCode: 'MalformedSegment', Message: 'no id' }];
    await expect(putSegments(['{}'])).rejects.toThrow(/X-Ray refused segments: .*MalformedSegment/);
  });
});
