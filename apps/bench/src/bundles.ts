import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Context } from 'aws-lambda';
import { build, type BuildOptions, type Metafile } from 'esbuild';

export type LambdaHandler<Event, Answer> = (event: Event, context: Context) => Promise<Answer>;

/** Functions in the order of a reading's way: where all are invoked, analytics-fn is asked for what process-fn has stored. */
export const FUNCTIONS = ['authorizer-fn', 'ingest-fn', 'process-fn', 'analytics-fn'] as const;
export type FunctionProject = (typeof FUNCTIONS)[number];

let containers = 0;

/** The built bundle of a function. */
export function bundleOf(project: string): URL {
  return new URL(`../../${project}/dist/handler.mjs`, import.meta.url);
}

/** Loads a function as it is deployed, as a new container. It reads its environment as it is loaded. */
export async function loadBundle<Event, Answer>(
  project: string,
  environment: Readonly<Record<string, string>>,
): Promise<LambdaHandler<Event, Answer>> {
  Object.assign(process.env, environment);
  containers += 1;
  const { handler } = (await import(`${bundleOf(project).href}?container=${containers}`)) as {
    handler: LambdaHandler<Event, Answer>;
  };
  return handler;
}

/**
 * Bundles a module for Lambda, as nx.json has it, by one of the configurations at the top of the workspace. Answers what went
 * into it, with paths from the working directory.
 */
export async function bundleAs(
  configuration: 'esbuild.config.cjs' | 'esbuild.function.config.cjs',
  source: Pick<BuildOptions, 'entryPoints' | 'stdin'>,
  outfile: string,
): Promise<Metafile> {
  const shared = createRequire(import.meta.url)(`../../../${configuration}`) as BuildOptions;
  const { metafile } = await build({
    ...shared,
    ...source,
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    logLevel: 'error',
    outExtension: {},
    metafile: true,
  });
  return metafile;
}

/** Loads a module of the benchmark, bundled as the functions are, so that the compiler makes no difference to them. */
export async function loadAsFunction<Module>(path: string): Promise<Module> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
  try {
    const outfile = join(folder, 'module.mjs');
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    const entryPoints = [fileURLToPath(new URL(path, import.meta.url))];
    await bundleAs('esbuild.function.config.cjs', { entryPoints }, outfile);
    return (await import(pathToFileURL(outfile).href)) as Module;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
