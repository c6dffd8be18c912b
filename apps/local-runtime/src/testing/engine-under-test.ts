import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findEnginePort } from '../processes/free-port.js';
import { buildPrograms, type BuiltPrograms } from './built-programs.js';

/** An engine that a suite runs on. */
export interface EngineUnderTest {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** What the start of every engine that is a program is given. */
export interface EngineTestOptions {
  readonly modulesFrom: string;
  readonly port: number;
  readonly dataDir: string;
  readonly logFile: string;
  readonly region: string;
  readonly clock: () => number;
  readonly onEvent: () => void;
}

/** Another service, as a suite's variable names it by its URL. Undefined where the value is the name of an engine. */
export function serviceAt(value: string): EngineUnderTest | undefined {
  return /^https?:\/\//.test(value) ? { endpoint: value, close: async () => undefined } : undefined;
}

/** Starts the program of an engine on a free port and in a folder of its own, which closing removes. */
export async function startProgramEngine(
  start: (options: EngineTestOptions, entries: BuiltPrograms['entries']) => Promise<EngineUnderTest>,
): Promise<EngineUnderTest> {
  const programs = buildPrograms();
  const dataDir = mkdtempSync(join(tmpdir(), 'weir-engine-'));
  const worker = Number(process.env.JEST_WORKER_ID ?? 1);
  const engine = await start(
    {
      modulesFrom: __filename,
      port: await findEnginePort(21_000 + ((process.pid * 7 + worker) % 9_000), new Set(), Math.random),
      dataDir,
      logFile: join(dataDir, 'engine.log'),
      region: 'eu-west-1',
      clock: Date.now,
      onEvent: () => undefined,
    },
    programs.entries,
  );
  return {
    endpoint: engine.endpoint,
    close: async () => {
      await engine.close();
      programs.remove();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Settings of a client: region and credentials of the environment where it has any, else what every local engine takes. */
export function clientSettings(endpoint: string) {
  const local = process.env.AWS_ACCESS_KEY_ID === undefined && process.env.AWS_PROFILE === undefined;
  return {
    endpoint,
    region: process.env.AWS_REGION ?? 'eu-west-1',
    ...(local ? { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } } : {}),
  };
}
