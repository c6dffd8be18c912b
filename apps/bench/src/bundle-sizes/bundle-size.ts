import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { bundleOf } from '../bundles.js';

/** The code of one function as it is deployed. */
export interface BundleSize {
  readonly project: string;
  readonly bytes: number;
  /** At gzip's default level. */
  readonly gzipBytes: number;
}

const FUNCTIONS = ['authorizer-fn', 'ingest-fn', 'process-fn', 'analytics-fn'];

/** The built bundles of all functions. */
export function bundleSizes(): BundleSize[] {
  return FUNCTIONS.map((project) => {
    const code = readFileSync(bundleOf(project));
    return { project, bytes: code.byteLength, gzipBytes: gzipSync(code).byteLength };
  });
}
