import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { RuntimeError } from '../../runtime-error.js';
import type { KinesisChoice } from './kinesis-engine.js';

/** A program that serves the Kinesis API, with its arguments. */
export interface KinesisProgram {
  readonly entry: string;
  readonly args: readonly string[];
  readonly stopGraceMs: number;
}

/** Paths of the bundled programs. */
export interface KinesisEntries {
  readonly kinesaliteServer: string;
  readonly kinesisLocalServer: string;
}

/**
 * The program of an engine, whose data is in the folder `path`.
 *
 * @param modulesFrom a file from whose place npm packages are looked up
 * @throws RuntimeError `engine_missing` when npm has not installed it.
 */
export function kinesisProgram(
  engine: KinesisChoice['engine'],
  { port, path, entries, modulesFrom }: ProgramOptions,
): KinesisProgram {
  const args = ['--port', String(port), '--path', path];
  if (engine === 'kinesalite') return { entry: entries.kinesaliteServer, args, stopGraceMs: 3_000 };
  return {
    entry: entries.kinesisLocalServer,
    args: [...args, '--certificate', join(kinesisLocalFolder(modulesFrom), 'server.json')],
    stopGraceMs: 6_000,
  };
}

interface ProgramOptions {
  readonly port: number;
  readonly path: string;
  readonly entries: KinesisEntries;
  readonly modulesFrom: string;
}

function kinesisLocalFolder(modulesFrom: string): string {
  try {
    return dirname(createRequire(modulesFrom).resolve('kinesis-local/package.json'));
  } catch (error) {
    throw new RuntimeError(
      'engine_missing',
      'The Kinesis engine kinesis-local is not installed (npm package kinesis-local): run npm ci, or leave --kinesis-engine away.',
      { cause: error },
    );
  }
}
