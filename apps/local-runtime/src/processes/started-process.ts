import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { identifyProcess, isRunning, killProcess, type ProcessIdentity } from './process-identity.js';
import type { OutputTail } from './output-tail.js';
import type { SupervisorMessage, SupervisorRequest } from './supervisor-protocol.js';

/** How to start a child. Every child is led by a Node.js program of ours that ends when its IPC channel closes. */
export interface ProcessSpec {
  /** A program of ours with the IPC channel: the supervisor, or an engine's server. */
  readonly entry: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** A file that receives stdout and stderr, written anew at each start; `inherit` shows them to the user. */
  readonly output: { readonly file: string } | 'inherit';
  /** Takes what the entry says over the IPC channel beyond the supervisor's own messages. */
  onMessage?(message: unknown): void;
}

export interface StartedProcess {
  /** Resolves when the leading process is gone, with the reason: `exit code 1`, `SIGKILL`. */
  readonly ended: Promise<string>;
  exit(): string | undefined;
  exitCode(): number | undefined;
  pids(): number[];
  /** Asks it to end, forces it after `graceMs`, and resolves when it and its program are gone. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Starts a child in a process group of its own, so that Ctrl-C in a terminal reaches the runtime alone, which then
 * stops its children in order.
 */
export function startProcess(spec: ProcessSpec, tail: OutputTail): StartedProcess {
  const stdio: StdioOptions =
    spec.output === 'inherit' ? ['ignore', 'inherit', 'inherit', 'ipc'] : ['ignore', 'pipe', 'pipe', 'ipc'];
  const child = spawn(process.execPath, ['--enable-source-maps', spec.entry, ...spec.args], {
    stdio,
    detached: true,
    ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...spec.environment },
  });
  if (spec.output !== 'inherit') collectOutput(child, createWriteStream(spec.output.file), tail);
  child.on('message', (message) => spec.onMessage?.(message));
  return new ChildWithProgram(child);
}

class ChildWithProgram implements StartedProcess {
  readonly ended: Promise<string>;
  private exited: string | undefined;
  private code: number | undefined;
  private program: ProcessIdentity | undefined;

  constructor(private readonly child: ChildProcess) {
    this.ended = new Promise((resolve) => {
      const finish = (reason: string): void => {
        this.exited ??= reason;
        resolve(this.exited);
      };
      child.once('error', (error) => finish(error.message));
      child.once('exit', (code, signal) => {
        this.code = code ?? undefined;
        finish(signal ?? `exit code ${String(code)}`);
      });
    });
    child.on('message', (message: SupervisorMessage) => {
      if (message.kind === 'spawned') this.program = identifyProcess(message.pid);
    });
  }

  exit(): string | undefined {
    return this.exited;
  }

  exitCode(): number | undefined {
    return this.code;
  }

  pids(): number[] {
    const leader = this.exited === undefined && this.child.pid !== undefined ? [this.child.pid] : [];
    return this.program !== undefined && isRunning(this.program) ? [...leader, this.program.pid] : leader;
  }

  async stop(graceMs: number): Promise<void> {
    if (this.exited === undefined) {
      if (graceMs > 0) this.ask(graceMs);
      else this.child.kill('SIGKILL');
      const forced = setTimeout(() => this.child.kill('SIGKILL'), graceMs + 500);
      await this.ended;
      clearTimeout(forced);
    }
    if (this.program !== undefined) killProcess(this.program);
  }

  private ask(graceMs: number): void {
    const request: SupervisorRequest = { kind: 'stop', graceMs };
    if (this.child.connected) this.child.send(request, () => undefined);
    else this.child.kill('SIGTERM');
  }
}

function collectOutput(child: ChildProcess, file: WriteStream, tail: OutputTail): void {
  // A full disk must not end the runtime; the engine itself will fail and say so.
  file.on('error', () => undefined);
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      tail.add(chunk);
      file.write(chunk);
    });
  }
  child.once('close', () => file.end());
}
