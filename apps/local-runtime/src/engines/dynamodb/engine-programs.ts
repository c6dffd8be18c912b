import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { RuntimeError } from '../../runtime-error.js';

/** A program that serves the DynamoDB API, with its arguments. */
export interface EngineProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly readyTimeoutMs: number;
}

/**
 * The dynoxide binary with an SQLite file in the folder.
 *
 * @param modulesFrom a file from whose place npm packages are looked up
 * @throws RuntimeError `engine_missing` when npm has not installed the binary for this platform.
 */
export function dynoxideProgram(folder: string, port: number, modulesFrom: string): EngineProgram {
  return {
    command: dynoxidePath(modulesFrom),
    args: [
      'serve',
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--db-path',
      join(folder, 'dynoxide.sqlite'),
    ],
    readyTimeoutMs: 15_000,
  };
}

function dynoxidePath(modulesFrom: string): string {
  const packageName = `@dynoxide/${process.platform}-${process.arch}`;
  const missing = `The DynamoDB engine's binary is not installed (npm package ${packageName}): run npm ci, or start with --dynamodb-engine dynamodb-local or --dynamodb-endpoint URL.`;
  let folder: string;
  try {
    folder = dirname(createRequire(modulesFrom).resolve(`${packageName}/package.json`));
  } catch (error) {
    throw new RuntimeError('engine_missing', missing, { cause: error });
  }
  const binary = join(folder, process.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide');
  if (!existsSync(binary)) throw new RuntimeError('engine_missing', missing);
  return binary;
}

/**
 * DynamoDB Local, which needs Java and its jar with the native libraries beside it.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DynamoDBLocal.UsageNotes.html
 *
 * @throws RuntimeError `engine_missing` when Java or the jar is missing.
 */
export async function dynamodbLocalProgram(
  folder: string,
  port: number,
  jar: string | undefined,
): Promise<EngineProgram> {
  if (jar === undefined || !existsSync(jar)) {
    const found = jar === undefined ? 'is not set' : `names ${jar}, which does not exist`;
    throw new RuntimeError(
      'engine_missing',
      `WEIR_DYNAMODB_LOCAL_JAR ${found}: set it to the path of DynamoDBLocal.jar, or leave --dynamodb-engine away.`,
    );
  }
  try {
    await promisify(execFile)('java', ['-version']);
  } catch (error) {
    throw new RuntimeError(
      'engine_missing',
      'DynamoDB Local needs Java, and java is not on the PATH: install Java 17, or leave --dynamodb-engine away.',
      { cause: error },
    );
  }
  const libraries = join(dirname(jar), 'DynamoDBLocal_lib');
  const settings = ['-port', String(port), '-sharedDb', '-dbPath', folder, '-disableTelemetry'];
  return {
    command: 'java',
    args: [`-Djava.library.path=${libraries}`, '-jar', jar, ...settings],
    cwd: dirname(jar),
    readyTimeoutMs: 60_000,
  };
}
