import semver from 'semver';

import type { Manifest } from './manifest.js';
import type { PackedPackage } from './packed-package.js';
import { runProgram, tryProgram } from './run-program.js';

/** An npm registry, spoken to through npm, which knows how to log in. */
export interface Registry {
  readonly url: string;
  /** The versions of a package that can be installed; none when nobody ever published it. */
  versions(name: string): string[];
  /** The commit that a published version was built from, where the publisher said so. */
  gitHead(name: string, version: string): string | undefined;
  publish(packed: PackedPackage): void;
}

/** @param cwd where npm runs; its `.npmrc` applies. */
export function npmRegistry(url: string, cwd: string): Registry {
  const view = (name: string, version: string, field: string): unknown => {
    const what = `${name}${version}`;
    const args = ['view', what, field, '--json', '--prefer-online', ...registryFlags(url, name)];
    const { status, stdout, stderr } = tryProgram('npm', args, { cwd });
    const answer: unknown = stdout.trim() === '' ? undefined : JSON.parse(stdout);
    if (status === 0) return answer;
    if (errorCode(answer) === 'E404') return undefined;
    throw new Error(`npm view ${what} failed at ${url}:\n${stderr}${stdout}`);
  };
  return {
    url,
    versions: (name) => [view(name, '', 'versions') ?? []].flat() as string[],
    gitHead: (name, version) => {
      const answer = view(name, `@${version}`, 'gitHead');
      return typeof answer === 'string' ? answer : undefined;
    },
    publish: ({ manifest, tarballFile }) => {
      const flags = ['--access', 'public', '--ignore-scripts', '--tag', distTag(manifest)];
      runProgram('npm', ['publish', tarballFile, ...flags, ...registryFlags(url, manifest.name)], { cwd });
    },
  };
}

/** A registry for the scope in somebody's configuration would win over `--registry`. */
function registryFlags(url: string, name: string): string[] {
  const scope = /^(@[^/]+)\//.exec(name)?.[1];
  return ['--registry', url, ...(scope === undefined ? [] : [`--${scope}:registry=${url}`])];
}

/** What `npm install` takes by default is never a prerelease: `1.0.0-beta.2` becomes `beta`. */
export function distTag({ version }: Pick<Manifest, 'version'>): string {
  const [label] = semver.prerelease(version) ?? [];
  return label === undefined ? 'latest' : typeof label === 'string' ? label : 'next';
}

function errorCode(answer: unknown): unknown {
  return (answer as { error?: { code?: unknown } } | undefined)?.error?.code;
}
