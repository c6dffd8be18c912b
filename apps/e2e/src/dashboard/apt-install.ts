import { spawnSync } from 'node:child_process';

/** How long another one's installation is waited for. */
const LOCK_TIMEOUT_S = 120;

/**
 * Installs Debian packages without asking anything. A list of packages that cannot be brought up to date may still do, so
 * the installation is tried all the same.
 *
 * @param aptGet the command, to which arguments are added
 * @returns undefined when they are installed; else what each failed step wrote to stderr
 */
export function aptInstall(aptGet: readonly string[], packages: readonly string[]): string | undefined {
  const update = failureOf(aptGet, ['update']);
  const install = failureOf(aptGet, ['install', '-y', '--no-install-recommends', ...packages]);
  if (install === undefined) return undefined;
  return [update, install].filter((failure) => failure !== undefined).join('\n');
}

function failureOf([program = '', ...first]: readonly string[], args: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync(
    program,
    [...first, '-o', `DPkg::Lock::Timeout=${LOCK_TIMEOUT_S}`, ...args],
    {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    },
  );
  if (error === undefined && status === 0) return undefined;
  const end = status === null ? 'did not run to its end' : `ended with ${status}`;
  return [`apt-get ${args[0]} ${end}:`, error?.message, stderr?.trim()].filter(Boolean).join('\n');
}
