import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { call } from './api.js';
import { startContractProxy } from './contract-proxy.js';

/** An API that answers everything with 200 and the same body. */
async function serve(body: object) {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((proceed) => server.listen(0, '127.0.0.1', proceed));
  const proxy = await startContractProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const stop = async (): Promise<void> => {
    await proxy.stop();
    server.close();
  };
  return { url: proxy.url, stop };
}

const headers = { Authorization: 'Bearer x' };

describe('the proxy between the tests and the API', () => {
  it('lets what the contract allows pass, and nothing else', async () => {
    const { url, stop } = await serve({ items: [{ deviceId: 'a', registered: true, latest: {} }] });
    try {
      expect((await call(`${url}/v1/devices`, { headers })).status).toBe(200);
      await expect(call(`${url}/v1/devices/a`, { headers })).rejects.toThrow(/response\.body/);
      await expect(call(`${url}/v1/devices?limit=many`, { headers })).rejects.toThrow(
        /request\.query\.limit/,
      );
    } finally {
      await stop();
    }
  }, 60_000);
});
