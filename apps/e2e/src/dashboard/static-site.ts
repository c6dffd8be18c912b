import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { synthesisedAssembly } from '@weir/local-stack';
import { contentSecurityPolicyOf } from './content-security-policy.js';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page as files of a static site with its `dashboard.json` and content security policy, away from any local runtime, as it is on AWS. */
export interface StaticSite {
  /** With a slash at its end. */
  readonly url: string;
  /** Every address that was asked for, with its query. */
  readonly requests: readonly string[];
  /** @param connections the origins that the page may speak to, besides its own */
  configure(configuration: object, connections: readonly string[]): void;
  stop(): Promise<void>;
}

export async function serveSite(folder: string, port: number): Promise<StaticSite> {
  const files = new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => [
        `/${name}`,
        { body: readFileSync(join(folder, name)), type: contentTypes[extname(name)] },
      ]),
  );
  const requests: string[] = [];
  const deployedPolicy = contentSecurityPolicyOf(synthesisedAssembly);
  let policy = '';
  const server = createServer((request, response) => {
    const address = request.url ?? '/';
    requests.push(address);
    const { pathname } = new URL(address, 'http://site');
    const file = files.get(pathname === '/' ? '/index.html' : pathname);
    if (file === undefined) return void response.writeHead(404).end();
    response
      .writeHead(200, {
        'content-type': file.type ?? 'application/octet-stream',
        'content-security-policy': policy,
        'cache-control': 'no-cache',
      })
      .end(file.body);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
    configure(configuration, connections) {
      files.set('/dashboard.json', {
        body: Buffer.from(JSON.stringify(configuration)),
        type: 'application/json',
      });
      policy = deployedPolicy.replace(
        /connect-src 'self' [^;]*/,
        `connect-src 'self' ${connections.join(' ')}`,
      );
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
