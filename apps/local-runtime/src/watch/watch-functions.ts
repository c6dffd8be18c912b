import type * as Esbuild from 'esbuild';
import type { LambdaFunction } from '../engines/lambda/lambda-function.js';
import type { FunctionProject } from './function-projects.js';
import { FolderWatch } from './folder-watch.js';
import { openFunctionBundle } from './function-bundle.js';
import { WatchedFunction } from './watched-function.js';

export interface FunctionWatchOptions {
  readonly esbuild: Pick<typeof Esbuild, 'context' | 'formatMessages'>;
  readonly functions: readonly {
    readonly project: FunctionProject;
    readonly lambda: Pick<LambdaFunction, 'replaceCode'>;
    /** The folder of the code that runs. */
    readonly assetDir: string;
  }[];
  notify(message: string): void;
}

/** Watching that is under way. */
export interface FunctionWatch {
  /** Resolves when every function has been built once: from then on changes are seen. */
  readonly watching: Promise<void>;
  close(): Promise<void>;
}

/** Several files are often written together, and a large one in several steps: builds wait until it has been quiet for so long. */
const quietMs = 50;

/**
 * Builds each function anew when one of the files changes that it is made of, those of libraries included, and puts the new
 * code in place of the old.
 */
export async function watchFunctions(options: FunctionWatchOptions): Promise<FunctionWatch> {
  const { esbuild, notify } = options;
  const functions = await Promise.all(
    options.functions.map(async ({ project, lambda, assetDir }) => {
      const bundle = await openFunctionBundle(esbuild, project.build, assetDir);
      return new WatchedFunction({ name: project.name, lambda, bundle, assetDir, notify });
    }),
  );
  const changed = new Set<WatchedFunction>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const refresh = async (stale: readonly WatchedFunction[]): Promise<void> => {
    do {
      await Promise.all(stale.map((each) => each.refresh()));
      // A file may have changed after it was read and before its folder was watched.
    } while (!closed && folders.set(new Set(functions.flatMap((each) => [...each.sourceFolders()]))));
  };
  const folders = new FolderWatch((folder) => {
    for (const each of functions) if (each.sourceFolders().has(folder)) changed.add(each);
    clearTimeout(timer);
    timer = setTimeout(() => {
      const stale = [...changed];
      changed.clear();
      void refresh(stale);
    }, quietMs);
  });

  const names = functions.map(({ name }) => name).join(', ');
  return {
    watching: refresh(functions).then(() =>
      closed ? undefined : notify(`Watching the sources of ${names}.`),
    ),
    async close() {
      closed = true;
      clearTimeout(timer);
      folders.close();
      await Promise.all(functions.map((each) => each.close()));
    },
  };
}
