import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { ProgramEntries } from '../boot/boot-context.js';

/** The runtime's programs, bundled for one test file. */
export interface BuiltPrograms {
  readonly entries: ProgramEntries;
  readonly cli: string;
  remove(): void;
}

const source = join(__dirname, '..');
const workspace = join(source, '..', '..', '..');

/** Bundles the programs into a folder from which npm packages are found. */
export function buildPrograms(): BuiltPrograms {
  const cache = join(workspace, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'weir-local-runtime-'));
  buildSync({
    entryPoints: [
      join(source, 'cli.ts'),
      join(source, 'engines', 'lambda', 'worker.ts'),
      join(source, 'engines', 'kinesis', 'kinesalite-server.ts'),
      join(source, 'engines', 'kinesis', 'kinesis-local-server.ts'),
      join(source, 'processes', 'supervisor-program.ts'),
    ],
    outdir: folder,
    outbase: source,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    conditions: ['@weir/source', 'module', 'import'],
    mainFields: ['module', 'main'],
    external: ['kinesalite', 'kinesis-local', '@dynoxide/*', 'esbuild'],
    banner: {
      js: "import { createRequire as bannerRequire } from 'node:module';const require = bannerRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  return {
    entries: {
      worker: join(folder, 'engines', 'lambda', 'worker.mjs'),
      kinesaliteServer: join(folder, 'engines', 'kinesis', 'kinesalite-server.mjs'),
      kinesisLocalServer: join(folder, 'engines', 'kinesis', 'kinesis-local-server.mjs'),
      supervisor: join(folder, 'processes', 'supervisor-program.mjs'),
    },
    cli: join(folder, 'cli.mjs'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
