import { randomUUID } from 'node:crypto';
import { functionEnvironment } from './function-environment.js';
import { initError } from './function-errors.js';
import { runInvocation } from './invocation.js';
import { payloadBytesMax } from './payload-limit.js';
import { WorkerPool } from './worker-pool.js';
import type { WorkerProcess } from './worker-process.js';
import type { FunctionErrorPayload } from './worker-protocol.js';

/** One line of a function's log, as the log collector receives it. */
export interface LogLine {
  functionName: string;
  /** Absent for what a worker writes outside of an invocation, such as while it loads. */
  requestId?: string;
  timestampMs: number;
  /** `platform` lines are Lambda's own: START, END, REPORT and the reason of a forced end. */
  stream: 'stdout' | 'stderr' | 'platform';
  message: string;
}

export interface LambdaFunctionOptions {
  functionName: string;
  region: string;
  accountId: string;
  /** Absolute path of the folder that holds the bundle: the function's `LAMBDA_TASK_ROOT` and working directory. */
  assetDir: string;
  /** `module.export`, such as `handler.handler`. */
  handler: string;
  environment: Record<string, string>;
  /** Variables that differ from worker to worker; they win over `environment`. */
  workerEnvironment?(workerId: string): Record<string, string>;
  timeoutSeconds: number;
  memoryMb: number;
  /** At most so many invocations at once; 0 throttles every one. */
  reservedConcurrency?: number;
  tracing: 'Active' | 'PassThrough';
  /** At most so many invocations at once when no concurrency is reserved, like an account's limit. Default 10. */
  maxWorkers?: number;
  /** Path of the bundled worker program. */
  workerPath: string;
  /** `host:port` of the X-Ray daemon. */
  xrayDaemonAddress?: string;
  /** A worker that was free for so long is ended. Default 5 minutes. */
  idleMs?: number;
  logFormat?: 'Text' | 'JSON';
  /**
   * Runs the function for a debugger: in one worker that invocations wait for and that no timeout ends, for whoever steps
   * through code takes longer.
   */
  inspect?: InspectOptions;
  /** How long `close()` lets running invocations go on. Default 2 seconds. */
  closeWaitMs?: number;
  clock?(): number;
  onLog(line: LogLine): void;
  onSegment?(segment: object): void;
}

export interface InvokeResult {
  /** 200 also when the function failed (then `functionError` is set); 413 request too large; 429 throttled; 500 no worker. */
  statusCode: 200 | 413 | 429 | 500;
  functionError?: 'Unhandled' | 'Handled';
  /** JSON text: the function's answer, or the error document. */
  payload: string;
  requestId: string;
}

export interface InvokeOptions {
  readonly traceHeader?: string;
  readonly signal?: AbortSignal;
  /** Takes the lines of this invocation's log as well, platform lines included. */
  onLog?(line: LogLine): void;
}

export type CodeReplacement =
  /** `retired` resolves when no worker runs the code before any more. */
  | { readonly kind: 'replaced'; readonly retired: Promise<void> }
  | { readonly kind: 'refused'; readonly error: FunctionErrorPayload };

/** How a function is run for a debugger. */
export interface InspectOptions {
  /** Of the loopback interface; 0 takes a free one. */
  readonly port: number;
  /** Takes the address of each worker's inspector, one after the other. */
  onListening(url: string): void;
}

export interface LambdaFunction {
  readonly functionName: string;
  readonly arn: string;
  /**
   * Invokes synchronously. Rejects only when the function is closed or `signal` aborts (the worker then runs on, as on AWS when
   * a caller goes away); every failure of the function or its process is a result.
   */
  invoke(payload: string, options?: InvokeOptions): Promise<InvokeResult>;
  workerPids(): number[];
  /** Ends a worker at once, busy or not, as a crash does. Returns whether it was there. */
  killWorker(workerId: string): boolean;
  /**
   * Loads other code from a folder beside the one in use, and puts it in its place once it has loaded: later invocations use
   * it, those that run end on the code they began with. Code that does not load changes nothing. One call at a time.
   */
  replaceCode(assetDir: string): Promise<CodeReplacement>;
  /** Starts a worker ahead of the first invocation. Resolves with why it does not load, if so. */
  warmUp(): Promise<FunctionErrorPayload | undefined>;
  close(): Promise<void>;
}

/** Lambda gives a function 10 seconds to load. */
const initTimeoutMsMin = 10_000;
/** The longest time of a timer, 24 days, and so the most that a function may reckon with. */
const timerMsMax = 2_147_483_647;

/**
 * A Lambda function on this machine: one process per concurrent execution, reused while warm.
 * @throws Error when the configuration sets a reserved environment variable.
 */
export function createLambdaFunction(options: LambdaFunctionOptions): LambdaFunction {
  return new LocalLambdaFunction(options);
}

class LocalLambdaFunction implements LambdaFunction {
  readonly functionName: string;
  readonly arn: string;
  /** The workers of the code in use. */
  private pool: WorkerPool;
  /** The pool in use, and older ones that still have workers. */
  private readonly pools = new Set<WorkerPool>();
  private startedWorkers = 0;
  private readonly requests = new Map<WorkerProcess, string>();
  private readonly logListeners = new Map<string, (line: LogLine) => void>();
  private readonly running = new Set<Promise<InvokeResult>>();
  /** Under a debugger one thing is done at a time: this is the end of the last one. */
  private turn: Promise<unknown> = Promise.resolve();
  private closing: Promise<void> | undefined;
  private readonly now: () => number;

  constructor(private readonly options: LambdaFunctionOptions) {
    this.functionName = options.functionName;
    this.arn = `arn:aws:lambda:${options.region}:${options.accountId}:function:${options.functionName}`;
    this.now = options.clock ?? Date.now;
    // Fails here, not at the first invocation, when the configuration is wrong.
    this.environment(options.assetDir, {});
    this.pool = this.openPool(options.assetDir);
  }

  async invoke(payload: string, options: InvokeOptions = {}): Promise<InvokeResult> {
    this.requireOpen();
    options.signal?.throwIfAborted();
    const requestId = randomUUID();
    const refusal = this.refusal(payload, requestId);
    if (refusal !== undefined) return refusal;
    if (options.onLog !== undefined) this.logListeners.set(requestId, options.onLog);
    const invocation = this.inTurn(async () => {
      this.requireOpen();
      return this.run(requestId, payload, options.traceHeader);
    });
    this.running.add(invocation);
    const forget = (): void => {
      this.running.delete(invocation);
      this.logListeners.delete(requestId);
    };
    invocation.then(forget, forget);
    return options.signal === undefined ? invocation : untilAborted(invocation, options.signal);
  }

  workerPids(): number[] {
    return [...this.pools].flatMap((pool) => pool.pids());
  }

  killWorker(workerId: string): boolean {
    return [...this.pools].some((pool) => pool.kill(workerId));
  }

  replaceCode(assetDir: string): Promise<CodeReplacement> {
    return this.inTurn(async () => {
      // A debugger's port is free again only when the worker before is gone.
      if (this.options.inspect !== undefined) await this.pool.discardIdle();
      const next = this.openPool(assetDir);
      const outcome = await next.warmUp();
      if (outcome.kind !== 'ready') {
        next.retire();
        return { kind: 'refused', error: initError(outcome) };
      }
      const previous = this.pool;
      this.pool = next;
      previous.retire();
      return { kind: 'replaced', retired: previous.drained };
    });
  }

  warmUp(): Promise<FunctionErrorPayload | undefined> {
    return this.inTurn(async () => {
      const outcome = await this.pool.warmUp();
      return outcome.kind === 'ready' ? undefined : initError(outcome);
    });
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    const killer = setTimeout(() => void this.killAll(), this.options.closeWaitMs ?? 2_000);
    await Promise.allSettled([this.pool.discardIdle(), ...this.running]);
    clearTimeout(killer);
    await this.killAll();
  }

  private async killAll(): Promise<void> {
    await Promise.all([...this.pools].map((pool) => pool.killAll()));
  }

  private openPool(assetDir: string): WorkerPool {
    const { options } = this;
    const { inspect } = options;
    const pool = new WorkerPool({
      idleMs: inspect === undefined ? (options.idleMs ?? 300_000) : undefined,
      initTimeoutMs:
        inspect === undefined ? Math.max(initTimeoutMsMin, options.timeoutSeconds * 1000) : timerMsMax,
      newWorkerId: () => {
        this.startedWorkers += 1;
        return `w${this.startedWorkers}`;
      },
      workerOptions: (workerId) => ({
        workerPath: options.workerPath,
        cwd: assetDir,
        environment: this.environment(assetDir, options.workerEnvironment?.(workerId) ?? {}),
        memoryMb: options.memoryMb,
        ...(inspect === undefined
          ? {}
          : { inspectPort: inspect.port, onInspector: (url: string) => inspect.onListening(url) }),
      }),
      onLine: (worker, stream, message) => this.log(stream, message, this.requests.get(worker)),
    });
    this.pools.add(pool);
    void pool.drained.then(() => this.pools.delete(pool));
    return pool;
  }

  private requireOpen(): void {
    if (this.closing !== undefined) throw new Error(`Function ${this.functionName} is closed`);
  }

  /** At once, or under a debugger after all that came before, since there is one worker for everything. */
  private inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.options.inspect === undefined) return task();
    const result = this.turn.then(task);
    this.turn = result.catch(() => undefined);
    return result;
  }

  private refusal(payload: string, requestId: string): InvokeResult | undefined {
    const sizeBytes = Buffer.byteLength(payload);
    if (sizeBytes > payloadBytesMax) {
      const message = `${sizeBytes} byte payload is too large for the RequestResponse invocation type (limit ${payloadBytesMax} bytes)`;
      return { statusCode: 413, payload: JSON.stringify({ Type: 'User', message }), requestId };
    }
    if (this.options.inspect !== undefined) return undefined;
    const reserved = this.options.reservedConcurrency;
    if (this.running.size < Math.min(reserved ?? Infinity, this.options.maxWorkers ?? 10)) return undefined;
    const Reason =
      reserved !== undefined && this.running.size >= reserved
        ? 'ReservedFunctionConcurrentInvocationLimitExceeded'
        : 'ConcurrentInvocationLimitExceeded';
    return {
      statusCode: 429,
      payload: JSON.stringify({ Reason, Type: 'User', message: 'Rate Exceeded.' }),
      requestId,
    };
  }

  private run(requestId: string, payload: string, traceHeader: string | undefined): Promise<InvokeResult> {
    const { options } = this;
    let pool = this.pool;
    return runInvocation({
      functionName: options.functionName,
      functionArn: this.arn,
      accountId: options.accountId,
      timeoutSeconds: options.timeoutSeconds,
      timeoutMs: options.inspect === undefined ? options.timeoutSeconds * 1000 : timerMsMax,
      memoryMb: options.memoryMb,
      tracing: options.tracing,
      requestId,
      payload,
      traceHeader,
      now: this.now,
      closing: () => this.closing !== undefined,
      acquire: () => {
        pool = this.pool;
        const acquired = pool.acquire();
        this.requests.set(acquired.worker, requestId);
        return acquired;
      },
      giveBack: async (worker, reusable) => {
        this.requests.delete(worker);
        if (reusable) pool.release(worker);
        else await pool.discard(worker);
      },
      log: (message) => this.log('platform', message, requestId),
      onSegment: (segment) => options.onSegment?.(segment),
    });
  }

  private environment(assetDir: string, ofWorker: Readonly<Record<string, string>>): Record<string, string> {
    const { options } = this;
    const day = new Date(this.now()).toISOString().slice(0, 10).replaceAll('-', '/');
    return functionEnvironment({
      functionName: options.functionName,
      region: options.region,
      assetDir,
      handler: options.handler,
      memoryMb: options.memoryMb,
      logFormat: options.logFormat ?? 'Text',
      logStreamName: `${day}/[$LATEST]${randomUUID().replaceAll('-', '')}`,
      xrayDaemonAddress: options.xrayDaemonAddress,
      environment: { ...options.environment, ...ofWorker },
      path: process.env['PATH'],
    });
  }

  private log(stream: LogLine['stream'], message: string, requestId: string | undefined): void {
    const line: LogLine = {
      functionName: this.functionName,
      ...(requestId === undefined ? {} : { requestId }),
      timestampMs: this.now(),
      stream,
      message,
    };
    this.options.onLog(line);
    if (requestId !== undefined) this.logListeners.get(requestId)?.(line);
  }
}

function untilAborted(invocation: Promise<InvokeResult>, signal: AbortSignal): Promise<InvokeResult> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    invocation.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
