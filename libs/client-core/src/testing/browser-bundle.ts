import { gzipSync } from 'node:zlib';
import { createContext, runInContext } from 'node:vm';

import { build } from 'esbuild';

export interface BrowserBundle {
  code: string;
  /** Minified and compressed with gzip, everything that it imports included. */
  gzipBytes: number;
}

/**
 * Bundles a module for browsers. What it exports is `weir` in the bundle.
 *
 * @param source the module's text; what it imports is looked for from `folder`.
 * @throws when anything is imported that browsers do not have, such as `node:zlib`.
 */
export async function bundleForBrowser(source: string, folder: string): Promise<BrowserBundle> {
  const result = await build({
    stdin: { contents: source, resolveDir: folder },
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    globalName: 'weir',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@weir/source'],
    logLevel: 'silent',
  });
  const code = result.outputFiles[0]?.text ?? '';
  return { code, gzipBytes: gzipSync(code, { level: 9 }).length };
}

/** What browsers have in common with Node.js and the clients use, and nothing else: no `process`, `Buffer` or `require`. */
const WEB_GLOBALS = {
  AbortController,
  Blob,
  CompressionStream,
  Headers,
  Request,
  Response,
  TextDecoder,
  TextEncoder,
  URL,
  URLSearchParams,
  clearTimeout,
  fetch,
  setTimeout,
};

/** Runs a bundle where only the web's own globals are, and gives what the module exports. */
export function runInBrowserGlobals<Exports>({ code }: BrowserBundle): Exports {
  const context = createContext({ ...WEB_GLOBALS });
  runInContext('globalThis.self = globalThis', context);
  return runInContext(`${code};weir`, context) as Exports;
}
