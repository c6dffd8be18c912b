import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { reasonOf, RuntimeError, systemCode } from '../runtime-error.js';

/** A project of the workspace that a function is built from. */
export interface FunctionProject {
  readonly name: string;
  /** Absolute path of the folder that its build target writes the bundle to. */
  readonly outputFolder: string;
  /** What its build target gives esbuild, but for where the bundle goes. */
  readonly build: BuildOptions;
}

/** Options of the build target that shape a bundle; the others concern what Nx puts beside it. */
interface BuildTargetOptions {
  readonly main?: string;
  readonly outputPath?: string;
  readonly tsConfig?: string;
  readonly platform?: BuildOptions['platform'];
  readonly target?: string;
  readonly format?: readonly ('esm' | 'cjs')[];
  readonly bundle?: boolean;
  readonly minify?: boolean;
  readonly sourcemap?: BuildOptions['sourcemap'];
  readonly external?: string[];
  readonly esbuildConfig?: string;
}

interface Project {
  readonly name: string;
  readonly tags?: readonly string[];
  readonly targets?: { readonly build?: { readonly options?: BuildTargetOptions } };
}

interface NxConfiguration {
  readonly targetDefaults?: { readonly build?: { readonly options?: BuildTargetOptions } };
}

const appsFolder = 'apps';

/**
 * Finds the projects tagged `type:function` in an Nx workspace, with the options that the shared build target passes to
 * esbuild, so that a bundle made from them has the code that `nx build` makes.
 * https://nx.dev/docs/technologies/build-tools/esbuild/executors
 *
 * @throws RuntimeError `workspace_unreadable` naming the file, or the project and the option it lacks.
 */
export function readFunctionProjects(workspace: string): FunctionProject[] {
  const defaults = readJson<NxConfiguration>(join(workspace, 'nx.json')).targetDefaults?.build?.options ?? {};
  return projectFolders(workspace).flatMap((folder) => {
    const project = readJson<Project>(join(workspace, folder, 'project.json'));
    if (project.tags?.includes('type:function') !== true) return [];
    const options = { ...defaults, ...project.targets?.build?.options };
    const place = (text: string): string =>
      text.replaceAll('{workspaceRoot}/', '').replaceAll('{projectRoot}', folder);
    const outputFolder = join(workspace, place(required(project.name, options, 'outputPath')));
    return [
      { name: project.name, outputFolder, build: buildOptions(workspace, project.name, options, place) },
    ];
  });
}

function projectFolders(workspace: string): string[] {
  try {
    return readdirSync(join(workspace, appsFolder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${appsFolder}/${name}`);
  } catch (error) {
    throw unreadable(
      `The workspace ${workspace} has no readable folder ${appsFolder}: ${reasonOf(error)}.`,
      error,
    );
  }
}

function buildOptions(
  workspace: string,
  project: string,
  options: BuildTargetOptions,
  place: (text: string) => string,
): BuildOptions {
  const { platform, target, bundle, minify, sourcemap, external } = options;
  const shared =
    options.esbuildConfig === undefined
      ? {}
      : readConfiguration(join(workspace, place(options.esbuildConfig)));
  const [format] = options.format ?? [];
  return {
    ...shared,
    absWorkingDir: workspace,
    entryPoints: [place(required(project, options, 'main'))],
    entryNames: '[dir]/[name]',
    tsconfig: join(workspace, place(required(project, options, 'tsConfig'))),
    ...(platform === undefined ? {} : { platform }),
    ...(target === undefined ? {} : { target }),
    ...(format === undefined ? {} : { format }),
    ...(bundle === undefined ? {} : { bundle }),
    ...(minify === undefined ? {} : { minify }),
    ...(sourcemap === undefined ? {} : { sourcemap }),
    external: [...(shared.external ?? []), ...(external ?? [])],
  };
}

function required(
  project: string,
  options: BuildTargetOptions,
  name: 'main' | 'outputPath' | 'tsConfig',
): string {
  const value = options[name];
  if (value !== undefined) return value;
  throw unreadable(`The build target of the project ${project} has no option ${name}.`);
}

function readConfiguration(file: string): BuildOptions {
  try {
    return createRequire(file)(file) as BuildOptions;
  } catch (error) {
    throw unreadable(`${file} cannot be loaded: ${reasonOf(error)}.`, error);
  }
}

function readJson<Value>(file: string): Value {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Value;
  } catch (error) {
    // A folder of apps need not be a project.
    if (systemCode(error) === 'ENOENT' && file.endsWith('project.json')) return {} as Value;
    throw unreadable(`${file} cannot be read: ${reasonOf(error)}.`, error);
  }
}

function unreadable(message: string, cause?: unknown): RuntimeError {
  return new RuntimeError('workspace_unreadable', message, { cause });
}
