import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '@weir/local-stack';

/** A registry on this machine that knows what was published to it, and nothing else. */
export interface PackageRegistry {
  readonly url: string;
  /** Ends it; its packages stay in its folder. */
  stop(): Promise<void>;
}

export interface RegistryOptions {
  /** Keeps the packages. */
  folder: string;
  port: number;
  /** Packages that nobody may publish. */
  refused?: readonly string[];
}

export async function startRegistry({
  folder,
  port,
  refused = [],
}: RegistryOptions): Promise<PackageRegistry> {
  mkdirSync(folder, { recursive: true });
  const config = {
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'htpasswd'), max_users: -1 } },
    uplinks: {},
    packages: {
      ...Object.fromEntries(refused.map((name) => [name, { access: '$all', publish: 'nobody' }])),
      '**': { access: '$all', publish: '$all' },
    },
    web: { enable: false },
    log: { type: 'stdout', format: 'json', level: 'error' },
  };
  const configFile = join(folder, 'config.yaml');
  writeFileSync(configFile, JSON.stringify(config));
  const url = `http://127.0.0.1:${port}/`;
  const child = spawn(
    join(root, 'node_modules/.bin/node'),
    [join(root, 'node_modules/.bin/verdaccio'), '--config', configFile, '--listen', `127.0.0.1:${port}`],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  const ended = once(child, 'exit');
  const answers = async (): Promise<boolean> => {
    while (child.exitCode === null) {
      if (
        await fetch(`${url}-/ping`).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        return true;
      await new Promise((proceed) => setTimeout(proceed, 50));
    }
    return false;
  };
  if (!(await answers())) throw new Error(`The registry did not start:\n${Buffer.concat(output).toString()}`);
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
