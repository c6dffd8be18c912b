import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '@weir/local-stack';
import { runProgram, succeed, type ProgramOutcome } from '../run-program.js';
import type { NpmSandbox } from './npm-sandbox.js';

const bin = join(root, 'node_modules/.bin');

/** Somebody's project, with the packages of the registry installed, far from the workspace. */
export interface ConsumerProject {
  readonly folder: string;
  write(file: string, text: string): string;
  /** Runs a module with the pinned Node, which takes TypeScript as it is. */
  run(file: string): Promise<string>;
  typecheck(compilerOptions: object, files: readonly string[]): Promise<ProgramOutcome>;
}

export async function consumerProject(
  folder: string,
  packages: readonly string[],
  sandbox: NpmSandbox,
): Promise<ConsumerProject> {
  mkdirSync(folder, { recursive: true });
  const write = (file: string, text: string): string => {
    writeFileSync(join(folder, file), text);
    return join(folder, file);
  };
  write(
    'package.json',
    JSON.stringify({ name: 'consumer', version: '1.0.0', type: 'module', private: true }),
  );
  await sandbox.npm(['install', ...packages], folder);
  return {
    folder,
    write,
    run: (file) => succeed(join(bin, 'node'), [file], { cwd: folder }),
    typecheck: (compilerOptions, files) => {
      const config = write('tsconfig.json', JSON.stringify({ compilerOptions, files }));
      return runProgram(join(bin, 'tsc'), ['-p', config], { cwd: folder });
    },
  };
}
