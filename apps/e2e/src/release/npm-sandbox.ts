import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '@weir/local-stack';
import { runProgram, succeed, type ProgramOutcome } from '../run-program.js';

/** npm with a registry, configuration and cache of its own: it reads nobody's, and leaves nothing behind. */
export interface NpmSandbox {
  readonly registry: string;
  /** For programs that run npm themselves; the workspace's pinned Node comes first. */
  readonly env: NodeJS.ProcessEnv;
  /** @throws with everything that npm said when it fails. */
  npm(args: readonly string[], cwd: string): Promise<string>;
  tryNpm(args: readonly string[], cwd: string): Promise<ProgramOutcome>;
}

/** @param folder takes the configuration and the cache. */
export function npmSandbox(folder: string, registry: string): NpmSandbox {
  mkdirSync(folder, { recursive: true });
  const userConfig = join(folder, 'user.npmrc');
  const globalConfig = join(folder, 'global.npmrc');
  const { host } = new URL(registry);
  writeFileSync(userConfig, `registry=${registry}\n//${host}/:_authToken=anybody\n`);
  writeFileSync(globalConfig, '');
  const inherited = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  const env = {
    ...Object.fromEntries(inherited),
    PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH']}`,
    npm_config_userconfig: userConfig,
    npm_config_globalconfig: globalConfig,
    npm_config_cache: join(folder, 'cache'),
    npm_config_update_notifier: 'false',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
  };
  return {
    registry,
    env,
    npm: (args, cwd) => succeed('npm', args, { cwd, env }),
    tryNpm: (args, cwd) => runProgram('npm', args, { cwd, env }),
  };
}
