import { randomUUID } from 'node:crypto';
import { functionEnvironment } from './function-environment.js';
import { runInvocation } from './invocation.js';
import { payloadBytesMax } from './payload-limit.js';
import { WorkerPool } from './worker-pool.js';
import type { WorkerProcess } from './worker-process.js';

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

export interface LambdaFunction {
  readonly functionName: string;
  readonly arn: string;
  /**
   * Invokes synchronously. Rejects only when the function is closed or `signal` aborts (the worker then runs on, as on AWS when
   * a caller goes away); every failure of the function or its process is a result.
   */
  invoke(payload: string, options?: { traceHeader?: string; signal?: AbortSignal }): Promise<InvokeResult>;
  workerPids(): number[];
  /** Ends a worker at once, busy or not, as a crash does. Returns whether it was there. */
  killWorker(workerId: string): boolean;
  /** Ends free workers, so that the next invocations load the code anew; busy ones end after their invocation. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/** Lambda gives a function 10 seconds to load. */
const initTimeoutMsMin = 10_000;

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
  private readonly pool: WorkerPool;
  private readonly requests = new Map<WorkerProcess, string>();
  private readonly running = new Set<Promise<InvokeResult>>();
  /** Workers of an older generation are not used again. */
  private readonly generations = new WeakMap<WorkerProcess, number>();
  private generation = 0;
  private closing: Promise<void> | undefined;
  private readonly now: () => number;

  constructor(private readonly options: LambdaFunctionOptions) {
    this.functionName = options.functionName;
    this.arn = `arn:aws:lambda:${options.region}:${options.accountId}:function:${options.functionName}`;
    this.now = options.clock ?? Date.now;
    // Fails here, not at the first invocation, when the configuration is wrong.
    this.environment({});
    this.pool = new WorkerPool({
      idleMs: options.idleMs ?? 300_000,
      initTimeoutMs: Math.max(initTimeoutMsMin, options.timeoutSeconds * 1000),
      workerOptions: (workerId) => ({
        workerPath: options.workerPath,
        cwd: options.assetDir,
        environment: this.environment(options.workerEnvironment?.(workerId) ?? {}),
        memoryMb: options.memoryMb,
      }),
      onLine: (worker, stream, message) => this.log(stream, message, this.requests.get(worker)),
    });
  }

  async invoke(
    payload: string,
    options: { traceHeader?: string; signal?: AbortSignal } = {},
  ): Promise<InvokeResult> {
    if (this.closing !== undefined) throw new Error(`Function ${this.functionName} is closed`);
    options.signal?.throwIfAborted();
    const requestId = randomUUID();
    const refusal = this.refusal(payload, requestId);
    if (refusal !== undefined) return refusal;
    const invocation = this.run(requestId, payload, options.traceHeader);
    this.running.add(invocation);
    void invocation.finally(() => this.running.delete(invocation));
    return options.signal === undefined ? invocation : untilAborted(invocation, options.signal);
  }

  workerPids(): number[] {
    return this.pool.pids();
  }

  killWorker(workerId: string): boolean {
    return this.pool.kill(workerId);
  }

  async reload(): Promise<void> {
    this.generation += 1;
    await this.pool.discardIdle();
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    const killer = setTimeout(() => void this.pool.killAll(), this.options.closeWaitMs ?? 2_000);
    await Promise.allSettled([this.pool.discardIdle(), ...this.running]);
    clearTimeout(killer);
    await this.pool.killAll();
  }

  private refusal(payload: string, requestId: string): InvokeResult | undefined {
    const sizeBytes = Buffer.byteLength(payload);
    if (sizeBytes > payloadBytesMax) {
      const message = `${sizeBytes} byte payload is too large for the RequestResponse invocation type (limit ${payloadBytesMax} bytes)`;
      return { statusCode: 413, payload: JSON.stringify({ Type: 'User', message }), requestId };
    }
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
    return runInvocation({
      functionName: options.functionName,
      functionArn: this.arn,
      accountId: options.accountId,
      timeoutSeconds: options.timeoutSeconds,
      memoryMb: options.memoryMb,
      tracing: options.tracing,
      requestId,
      payload,
      traceHeader,
      now: this.now,
      closing: () => this.closing !== undefined,
      acquire: () => {
        const acquired = this.pool.acquire();
        this.requests.set(acquired.worker, requestId);
        if (acquired.cold) this.generations.set(acquired.worker, this.generation);
        return acquired;
      },
      giveBack: async (worker, reusable) => {
        this.requests.delete(worker);
        if (reusable && this.generations.get(worker) === this.generation) this.pool.release(worker);
        else await this.pool.discard(worker);
      },
      log: (message) => this.log('platform', message, requestId),
      onSegment: (segment) => options.onSegment?.(segment),
    });
  }

  private environment(ofWorker: Readonly<Record<string, string>>): Record<string, string> {
    const { options } = this;
    const day = new Date(this.now()).toISOString().slice(0, 10).replaceAll('-', '/');
    return functionEnvironment({
      functionName: options.functionName,
      region: options.region,
      assetDir: options.assetDir,
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
    this.options.onLog({
      functionName: this.functionName,
      ...(requestId === undefined ? {} : { requestId }),
      timestampMs: this.now(),
      stream,
      message,
    });
  }
}

function untilAborted(invocation: Promise<InvokeResult>, signal: AbortSignal): Promise<InvokeResult> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    invocation.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
