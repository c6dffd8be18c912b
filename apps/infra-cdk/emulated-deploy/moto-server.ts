import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A running moto: AWS on this machine, empty and forgetful. https://docs.getmoto.org/en/latest/docs/server_mode.html */
export interface MotoServer {
  readonly port: number;
  readonly account: string;
  readonly region: string;
  /** What it has said so far. */
  log(): string;
  close(): Promise<void>;
}

const startWaitMs = 60_000;

/** @throws Error with what moto said, when it does not answer within a minute. */
export async function startMoto(program: string, folder: string): Promise<MotoServer> {
  const port = await freePort();
  const logFile = join(folder, 'moto.log');
  // A file, and no pipe: nobody reads a pipe while a child process is waited for.
  const output = openSync(logFile, 'w');
  const child = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', output, output],
    env: { ...process.env, PYTHONWARNINGS: 'ignore', PYTHONUNBUFFERED: '1' },
  });
  closeSync(output);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const log = () => readFileSync(logFile, 'utf8');
  const close = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  const giveUpMs = Date.now() + startWaitMs;
  while (!(await answers(port))) {
    if (child.exitCode !== null || Date.now() > giveUpMs) {
      await close();
      throw new Error(`moto did not start:\n${log()}`);
    }
    await sleep(100);
  }
  return { port, account: '123456789012', region: 'us-east-1', log, close };
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/moto-api/`)).ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
