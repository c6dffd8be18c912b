import { isNamed } from '../faults/fault-plan.js';
import { RuntimeError } from '../runtime-error.js';
import { watchFunctions } from '../watch/watch-functions.js';
import type { RunningCloud } from './boot-context.js';
import { assetFolderOf } from './start-functions.js';

/**
 * Keeps the functions at the state of their sources, where a project of the workspace has the name of the function or the
 * end of it. The builds run on after the start.
 *
 * @throws RuntimeError `workspace_unreadable` when no project belongs to any function.
 */
export async function startWatch(cloud: RunningCloud): Promise<void> {
  const functions = cloud.functionProjects.flatMap((project) =>
    [...cloud.functions.values()]
      .filter(({ functionName }) => isNamed(functionName, project.name))
      .map((lambda) => ({ project, lambda, assetDir: assetFolderOf(cloud, lambda.functionName) })),
  );
  if (functions.length === 0) {
    throw new RuntimeError(
      'workspace_unreadable',
      `No project of ${cloud.options.workspace ?? 'a workspace'} that is tagged type:function has the name of a function in the template.`,
    );
  }
  // Only who watches waits for the bundler to load.
  const esbuild = await import('esbuild');
  const watch = await watchFunctions({ esbuild, functions, notify: cloud.options.notify });
  cloud.shutdown.add('The watch of the sources', () => watch.close());
}
