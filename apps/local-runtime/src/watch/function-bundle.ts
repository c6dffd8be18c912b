import { relative, resolve } from 'node:path';
import type * as Esbuild from 'esbuild';

/** The bundle of one function, not yet on disk. */
export interface BuiltBundle {
  readonly kind: 'built';
  /** Absolute paths of all files it is made of, installed packages left out. */
  readonly sources: ReadonlySet<string>;
  /** Its files by their paths within a task root. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export interface FailedBuild {
  readonly kind: 'failed';
  /** Absolute paths of the files that the errors are in. */
  readonly sources: ReadonlySet<string>;
  /** Place and text of every error. */
  readonly report: string;
}

export type BuildOutcome = BuiltBundle | FailedBuild;

/** Builds one function again and again; what has not changed is not parsed again. */
export interface FunctionBundle {
  build(): Promise<BuildOutcome>;
  close(): Promise<void>;
}

/** @param outputFolder where the relative paths of source maps begin; nothing is written there */
export async function openFunctionBundle(
  esbuild: Pick<typeof Esbuild, 'context' | 'formatMessages'>,
  options: Esbuild.BuildOptions,
  outputFolder: string,
): Promise<FunctionBundle> {
  const context = await esbuild.context({
    ...options,
    outdir: outputFolder,
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const workspace = options.absWorkingDir ?? process.cwd();
  return {
    async build() {
      try {
        return describeBuild(await context.rebuild(), workspace, outputFolder);
      } catch (error) {
        const { errors } = error as Partial<Esbuild.BuildFailure>;
        if (errors === undefined) throw error;
        const messages = await esbuild.formatMessages(errors, { kind: 'error', color: false });
        const files = errors.flatMap(({ location }) => location?.file ?? []);
        return {
          kind: 'failed',
          sources: new Set(files.map((path) => resolve(workspace, path))),
          report: messages.join('').trim(),
        };
      }
    },
    close: () => context.dispose(),
  };
}

function describeBuild(
  { outputFiles = [], metafile }: Esbuild.BuildResult,
  workspace: string,
  outputFolder: string,
): BuiltBundle {
  const ownInputs = Object.keys(metafile?.inputs ?? {}).filter(
    (path) => !path.split('/').includes('node_modules'),
  );
  return {
    kind: 'built',
    sources: new Set(ownInputs.map((path) => resolve(workspace, path))),
    files: new Map(outputFiles.map(({ path, contents }) => [relative(outputFolder, path), contents])),
  };
}
