import { bundleForBrowser, json, runInBrowserGlobals, startScriptedServer } from '@weir/client-core/testing';
import type { BrowserBundle } from '@weir/client-core/testing';

import manifest from '../package.json';
import type * as analyticsClient from './index.js';

describe('the client in a browser', () => {
  let whole: BrowserBundle;

  beforeAll(async () => {
    whole = await bundleForBrowser("export * from './index.ts'", __dirname);
  });

  it('is small, with everything that it imports', () => {
    expect(manifest.weir.bundleGzipBytesMax).toBeLessThanOrEqual(8000);
    expect(whole.gzipBytes).toBeLessThan(manifest.weir.bundleGzipBytesMax);
  });

  it('depends on openapi-fetch alone', () => {
    expect(Object.keys(manifest.dependencies)).toEqual(['openapi-fetch']);
  });

  it('leaves out what a page does not import', async () => {
    const errorOnly = await bundleForBrowser("export { WeirProblemError } from './index.ts'", __dirname);

    expect(errorOnly.gzipBytes).toBeLessThan(1000);
    expect(errorOnly.code).not.toContain('fetch');
  });

  it('queries with nothing but the web’s own globals', async () => {
    const pages = [{ items: [{ deviceId: 'a' }], nextCursor: 'c' }, { items: [{ deviceId: 'b' }] }];
    const server = await startScriptedServer(pages.map((page) => json(200, page)));
    const { createAnalyticsClient } = runInBrowserGlobals<typeof analyticsClient>(whole);
    const client = createAnalyticsClient({ baseUrl: server.url, token: 't' });

    const seen: string[] = [];
    for await (const { deviceId } of client.devices()) seen.push(deviceId);

    expect(seen).toEqual(['a', 'b']);
    await server.close();
  });
});
