import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The functions, named as their projects. */
export const functionNames = ['ingest-fn', 'process-fn', 'analytics-fn', 'authorizer-fn'] as const;
export type FunctionName = (typeof functionNames)[number];

/** The folder of each function's built bundle. */
export type FunctionBundles = Readonly<Record<FunctionName, string>>;

/** A function, or the dashboard, has not been built. */
export class MissingBundleError extends Error {
  readonly code = 'bundle_missing';
  override readonly name = 'MissingBundleError';
}

/**
 * Finds `<appsFolder>/<function>/dist` of every function. The bundles are deployed as they are: what the local runtime
 * and the tests ran is what goes to AWS.
 *
 * @throws MissingBundleError naming the build command.
 */
export function findBundles(appsFolder: string): FunctionBundles {
  const folders = functionNames.map((name) => {
    const folder = join(appsFolder, name, 'dist');
    requireBuilt(appsFolder, name, 'handler.mjs');
    return [name, folder] as const;
  });
  return Object.fromEntries(folders) as Record<FunctionName, string>;
}

/**
 * Finds `<appsFolder>/dashboard/dist`, the page as the local runtime serves it too.
 *
 * @throws MissingBundleError naming the build command.
 */
export function findPage(appsFolder: string): string {
  requireBuilt(appsFolder, 'dashboard', 'index.html');
  return join(appsFolder, 'dashboard', 'dist');
}

function requireBuilt(appsFolder: string, project: string, file: string): void {
  if (existsSync(join(appsFolder, project, 'dist', file))) return;
  throw new MissingBundleError(
    `The bundle apps/${project}/dist/${file} is missing. Build it with: npx nx run ${project}:build`,
  );
}
