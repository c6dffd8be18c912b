import type { Exports, Manifest } from './manifest.js';

/** The condition under which this repository resolves its packages to their sources, which are not published. */
const SOURCE_CONDITION = '@weir/source';

export interface Origin {
  /** The commit that the package is built from. */
  gitHead: string;
  /** Where that is, as npm writes it, and the package's folder in it; npm's provenance asks for both. */
  repository?: { type: 'git'; url: string; directory: string };
}

/**
 * The package.json as it is published: without what only this repository can use (the sources and what has nothing else,
 * scripts, development dependencies, settings of its tools), and with where it comes from.
 */
export function publishedManifest(manifest: Manifest, origin: Origin): Manifest & { gitHead: string } {
  const { devDependencies: _dev, scripts: _scripts, weir: _weir, exports, ...kept } = manifest;
  const published = exports === undefined ? undefined : withoutSources(exports);
  return {
    ...kept,
    ...(published === undefined ? {} : { exports: published }),
    ...(origin.repository === undefined ? {} : { repository: origin.repository }),
    gitHead: origin.gitHead,
  };
}

/** `undefined` where nothing but sources is exported. */
function withoutSources(exports: Exports): Exports | undefined {
  if (exports === null || typeof exports === 'string') return exports;
  const kept = Object.entries(exports).flatMap(([key, value]) => {
    const published = key === SOURCE_CONDITION ? undefined : withoutSources(value);
    return published === undefined ? [] : [[key, published] as const];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/**
 * Where the workflow that publishes runs, by GitHub's variables; `undefined` outside of one.
 * https://docs.github.com/actions/reference/variables-reference
 */
export function repositoryOf(
  environment: NodeJS.ProcessEnv,
  directory: string,
): Origin['repository'] | undefined {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY } = environment;
  if (GITHUB_SERVER_URL === undefined || GITHUB_REPOSITORY === undefined) return undefined;
  return { type: 'git', url: `git+${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}.git`, directory };
}
