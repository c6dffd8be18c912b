import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { WorkerExit } from './function-errors.js';
import { OutputLines } from './output-lines.js';
import { residentBytes } from './resident-memory.js';
import type { FunctionErrorPayload, InvokeMessage, WorkerMessage } from './worker-protocol.js';

export interface WorkerProcessOptions {
  readonly workerPath: string;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  /** Opens the inspector on this port of the loopback interface; 0 takes a free one. */
  readonly inspectPort?: number;
  /** Takes the address at which a debugger finds the worker. */
  onInspector?(url: string): void;
  onLine(stream: 'stdout' | 'stderr', line: string): void;
  onExit(worker: WorkerProcess): void;
}

/** How loading the function ended. */
export type InitOutcome =
  | { readonly kind: 'ready' }
  | { readonly kind: 'error'; readonly error: FunctionErrorPayload }
  | { readonly kind: 'exited'; readonly exit: WorkerExit }
  | { readonly kind: 'timedOut' };

/** How one invocation ended. `notStarted` is a worker that died before it called the handler: safe to run elsewhere. */
export type InvocationOutcome =
  | { readonly kind: 'result'; readonly payload: string; readonly rssBytes: number }
  | {
      readonly kind: 'failure';
      readonly error: FunctionErrorPayload;
      readonly rssBytes: number;
      readonly fatal: boolean;
    }
  | {
      readonly kind: 'exited';
      readonly exit: WorkerExit;
      readonly outOfMemory: boolean;
      readonly rssBytes: number;
    }
  | { readonly kind: 'notStarted' }
  | { readonly kind: 'timedOut'; readonly rssBytes: number };

export interface Invocation {
  readonly requestId: string;
  readonly payload: string;
  readonly invokedFunctionArn: string;
  readonly traceHeader: string;
  readonly timeoutMs: number;
}

const inspectorRemarks = [
  'For help, see: https://nodejs.org/',
  'Debugger attached.',
  'Debugger ending on ws:',
  'Waiting for the debugger to disconnect...',
];

const memoryCheckMs = 250;
/** The result is known already: output that is still in a pipe must not hold it up for long. */
const outputWaitMs = 500;

/** One execution environment: a process that holds one loaded function and runs one invocation at a time. */
export class WorkerProcess {
  /** Settles when the function has been loaded, or has failed to. */
  readonly initialized: Promise<InitOutcome>;
  private readonly child: ChildProcess;
  private readonly exited: Promise<WorkerExit>;
  private readonly stdout: OutputLines;
  private readonly stderr: OutputLines;
  private onMessage: (message: WorkerMessage) => void = () => undefined;
  private exit: WorkerExit | undefined;

  constructor(
    private readonly options: WorkerProcessOptions,
    initTimeoutMs: number,
  ) {
    this.child = fork(options.workerPath, [], {
      cwd: options.cwd,
      env: { ...options.environment },
      // V8's share of the memory limit; the rest is buffers, code and stacks.
      execArgv: [
        '--enable-source-maps',
        `--max-old-space-size=${Math.max(32, Math.floor(options.memoryMb * 0.9))}`,
        ...(options.inspectPort === undefined ? [] : [`--inspect=127.0.0.1:${options.inspectPort}`]),
      ],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    this.stdout = this.readLines('stdout');
    this.stderr = this.readLines('stderr');
    this.child.on('message', (message: WorkerMessage) => this.onMessage(message));
    this.exited = this.watchExit();
    this.initialized = this.initialize(initTimeoutMs);
  }

  /** Process id; 0 when the process could not be started. */
  get pid(): number {
    return this.child.pid ?? 0;
  }

  get alive(): boolean {
    return this.exit === undefined;
  }

  /** Ends the process at once, as Lambda does with an environment it no longer needs, and waits until it is gone. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** Runs the handler once. The worker must be initialized and idle. Never rejects. */
  async invoke(invocation: Invocation): Promise<InvocationOutcome> {
    const outputToken = randomUUID();
    let started = false;
    let rssBytes = 0;
    let outOfMemory = false;
    const answer = new Promise<InvocationOutcome>((resolve) => {
      this.onMessage = (message) => {
        if (message.type === 'started') started = true;
        if (message.type === 'result')
          resolve({ kind: 'result', payload: message.payload, rssBytes: message.rssBytes });
        if (message.type === 'failure') {
          resolve({
            kind: 'failure',
            error: message.error,
            rssBytes: message.rssBytes,
            fatal: message.fatal,
          });
        }
      };
      void this.exited.then((exit) =>
        resolve(started ? { kind: 'exited', exit, outOfMemory, rssBytes } : { kind: 'notStarted' }),
      );
    });
    const output = Promise.all([this.stdout.untilMark(outputToken), this.stderr.untilMark(outputToken)]);
    this.send({ type: 'invoke', ...invocation, deadlineMs: Date.now() + invocation.timeoutMs, outputToken });

    const memoryWatch = setInterval(() => {
      void residentBytes(this.pid).then((bytes) => {
        rssBytes = Math.max(rssBytes, bytes ?? 0);
        if (rssBytes <= this.options.memoryMb * 1_048_576) return;
        outOfMemory = true;
        this.child.kill('SIGKILL');
      });
    }, memoryCheckMs);
    const timeout = deadline(invocation.timeoutMs);
    const outcome = await Promise.race([answer, timeout.passed.then(() => 'timedOut' as const)]);
    timeout.cancel();
    clearInterval(memoryWatch);
    if (outcome === 'timedOut') {
      await this.kill();
      return { kind: 'timedOut', rssBytes };
    }
    const wait = deadline(outputWaitMs);
    await Promise.race([output, this.exited, wait.passed]);
    wait.cancel();
    return outcome;
  }

  private send(message: InvokeMessage): void {
    // A worker that has just gone cannot be written to; its exit event is what tells the outcome.
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  private readLines(name: 'stdout' | 'stderr'): OutputLines {
    const lines = new OutputLines((line) => {
      if (!this.isOfInspector(line)) this.options.onLine(name, line);
    });
    this.child[name]?.on('data', (chunk: Buffer) => lines.push(chunk));
    this.child[name]?.on('end', () => lines.end());
    return lines;
  }

  /** What Node.js itself says about its inspector is for whoever debugs, and no output of the function. */
  private isOfInspector(line: string): boolean {
    if (this.options.inspectPort === undefined) return false;
    const url = /^Debugger listening on (ws:\S+)$/.exec(line)?.[1];
    if (url !== undefined) this.options.onInspector?.(url);
    return url !== undefined || inspectorRemarks.some((remark) => line.startsWith(remark));
  }

  /** `close` comes after the output streams have ended, so that no line is lost. A grandchild may hold the pipes open: do not wait long. */
  private watchExit(): Promise<WorkerExit> {
    return new Promise((resolve) => {
      const settle = (exit: WorkerExit): void => {
        if (this.exit !== undefined) return;
        this.exit = exit;
        this.options.onExit(this);
        resolve(exit);
      };
      this.child.on('close', (code, signal) => settle({ code, signal }));
      this.child.on('exit', (code, signal) => {
        setTimeout(() => settle({ code, signal }), outputWaitMs).unref();
      });
      this.child.on('error', (error) => {
        this.options.onLine('stderr', `The worker process failed: ${error.message}`);
        if (this.child.pid === undefined) settle({ code: null, signal: null });
      });
    });
  }

  private async initialize(initTimeoutMs: number): Promise<InitOutcome> {
    const limit = deadline(initTimeoutMs);
    const outcome = await Promise.race([
      new Promise<InitOutcome>((resolve) => {
        this.onMessage = (message) => {
          if (message.type === 'ready') resolve({ kind: 'ready' });
          if (message.type === 'initError') resolve({ kind: 'error', error: message.error });
        };
      }),
      this.exited.then((exit): InitOutcome => ({ kind: 'exited', exit })),
      limit.passed.then((): InitOutcome => ({ kind: 'timedOut' })),
    ]);
    limit.cancel();
    if (outcome.kind !== 'ready') await this.kill();
    return outcome;
  }
}

interface Deadline {
  readonly passed: Promise<void>;
  cancel(): void;
}

function deadline(ms: number): Deadline {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return { passed, cancel: () => clearTimeout(timer) };
}
