import { parseArgs } from 'node:util';

export interface ReleaseOptions {
  /** Apply the pending changesets. */
  version: boolean;
  /** Publish what the registry lacks. */
  publish: boolean;
  /** Where to publish; given whenever something may be published. */
  registry: string | undefined;
  /** Do everything that changes neither the working tree, nor the repository, nor the registry. */
  dryRun: boolean;
}

export const USAGE = `Usage: npm run release -- [version|publish] [--registry URL] [--dry-run]

  version    apply the pending changesets: versions, changelogs, lockfile; commits nothing
  publish    build, pack and check the public packages, publish what the registry lacks, and tag it
  (neither)  both, with a commit in between

  --registry URL  where to publish; needed for publishing
  --dry-run       say what would happen: build, pack and check, but change nothing`;

/**
 * Reads the command line.
 *
 * @throws TypeError that names the argument which is wrong.
 */
export function releaseOptions(args: readonly string[]): ReleaseOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { registry: { type: 'string' }, 'dry-run': { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const [step, ...rest] = positionals;
  if (rest.length > 0) throw new TypeError(`One step at most, not "${positionals.join(' ')}"`);
  if (step !== undefined && step !== 'version' && step !== 'publish') {
    throw new TypeError(`The step is version or publish, not "${step}"`);
  }
  const options: ReleaseOptions = {
    version: step !== 'publish',
    publish: step !== 'version',
    registry: values.registry === undefined ? undefined : registryUrl(values.registry),
    dryRun: values['dry-run'],
  };
  if (options.publish && !options.dryRun && options.registry === undefined) {
    throw new TypeError('--registry is missing: nothing is published to where nobody said');
  }
  return options;
}

function registryUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new TypeError(`--registry must be an absolute http or https URL, not "${text}"`);
  }
  return text.endsWith('/') ? text : `${text}/`;
}
