import { bundleForBrowser, json, runInBrowserGlobals, startScriptedServer } from '@weir/client-core/testing';
import type { BrowserBundle } from '@weir/client-core/testing';

import manifest from '../package.json';
import type * as ingestClient from './index.js';

describe('the client in a browser', () => {
  let whole: BrowserBundle;

  beforeAll(async () => {
    whole = await bundleForBrowser("export * from './index.ts'", __dirname);
  });

  it('is small, and depends on nothing', () => {
    expect(manifest.weir.bundleGzipBytesMax).toBeLessThanOrEqual(8000);
    expect(whole.gzipBytes).toBeLessThan(manifest.weir.bundleGzipBytesMax);
    expect(manifest).not.toHaveProperty('dependencies');
  });

  it('leaves out what a page does not import', async () => {
    const errorOnly = await bundleForBrowser("export { WeirProblemError } from './index.ts'", __dirname);

    expect(errorOnly.gzipBytes).toBeLessThan(1000);
    expect(errorOnly.code).not.toContain('fetch');
  });

  it('sends compressed readings with nothing but the web’s own globals', async () => {
    const server = await startScriptedServer([json(202, { accepted: 1, rejected: [], requestId: 'r' })]);
    const { createIngestClient } = runInBrowserGlobals<typeof ingestClient>(whole);
    const client = createIngestClient({ baseUrl: server.url, token: 't', onRejected: () => undefined });

    await client.send({ deviceId: 'a', timestamp: 0, metrics: { temperature: 1 } });
    await client.close();

    expect(server.seen[0]?.headers['content-encoding']).toBe('gzip');
    expect(server.seen[0]?.body).toBe(
      '{"readings":[{"deviceId":"a","timestamp":0,"metrics":{"temperature":1}}]}',
    );
    await server.close();
  });
});
