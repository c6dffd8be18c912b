import { WorkerProcess, type InitOutcome, type WorkerProcessOptions } from './worker-process.js';

export interface WorkerPoolOptions {
  /** Free workers are ended after so long; undefined keeps them. */
  readonly idleMs: number | undefined;
  readonly initTimeoutMs: number;
  /** A name that no other worker of the function has had. */
  newWorkerId(): string;
  /** Options of a new worker process; called once a worker, so that each has its own log stream. */
  workerOptions(workerId: string): Omit<WorkerProcessOptions, 'onExit' | 'onLine'>;
  onLine(worker: WorkerProcess, stream: 'stdout' | 'stderr', line: string): void;
}

/**
 * The execution environments of one version of a function's code. A free one is used again, the last used first, so that those not needed fall
 * idle and are reaped; when none is free a new one is started.
 */
export class WorkerPool {
  private readonly workers = new Map<WorkerProcess, string>();
  private retiring = false;
  /** Resolves when the pool has been retired and its last worker is gone. */
  readonly drained: Promise<void>;
  private setDrained: () => void = () => undefined;
  /** Free workers, the last used at the end, each with the timer that will end it. */
  private readonly idle: { readonly worker: WorkerProcess; readonly reaper: NodeJS.Timeout | undefined }[] =
    [];

  constructor(private readonly options: WorkerPoolOptions) {
    this.drained = new Promise((resolve) => {
      this.setDrained = resolve;
    });
  }

  pids(): number[] {
    return [...this.workers.keys()].map((worker) => worker.pid).filter((pid) => pid > 0);
  }

  /** Ends the worker with an id at once, busy or not. Returns whether there is one. */
  kill(workerId: string): boolean {
    for (const [worker, id] of this.workers) {
      if (id !== workerId) continue;
      void worker.kill();
      return true;
    }
    return false;
  }

  /** A free, loaded worker, or a new one whose `initialized` is still to be awaited. */
  acquire(): { readonly worker: WorkerProcess; readonly cold: boolean } {
    for (let entry = this.idle.pop(); entry !== undefined; entry = this.idle.pop()) {
      clearTimeout(entry.reaper);
      if (entry.worker.alive) return { worker: entry.worker, cold: false };
    }
    return { worker: this.start(), cold: true };
  }

  /** Starts a worker ahead of the first invocation. One that does not load is gone again. */
  async warmUp(): Promise<InitOutcome> {
    const worker = this.start();
    const outcome = await worker.initialized;
    if (outcome.kind === 'ready') this.release(worker);
    return outcome;
  }

  /** Gives a worker back for further use; a retired pool has none for it. */
  release(worker: WorkerProcess): void {
    if (!worker.alive) return;
    if (this.retiring) return void worker.kill();
    const { idleMs } = this.options;
    const reaper = idleMs === undefined ? undefined : setTimeout(() => this.reap(worker), idleMs).unref();
    this.idle.push({ worker, reaper });
  }

  /** Ends a worker that may not be used again. */
  async discard(worker: WorkerProcess): Promise<void> {
    await worker.kill();
  }

  /** Ends the free workers now and each busy one after its invocation, for newer code has taken their place. */
  retire(): void {
    this.retiring = true;
    void this.discardIdle();
    this.resolveDrained();
  }

  /** Ends the workers that are free. */
  async discardIdle(): Promise<void> {
    const free = this.idle.splice(0);
    for (const entry of free) clearTimeout(entry.reaper);
    await Promise.all(free.map((entry) => entry.worker.kill()));
  }

  /** Ends every worker, busy or not. */
  async killAll(): Promise<void> {
    await this.discardIdle();
    await Promise.all([...this.workers.keys()].map((worker) => worker.kill()));
  }

  private start(): WorkerProcess {
    const workerId = this.options.newWorkerId();
    const worker: WorkerProcess = new WorkerProcess(
      {
        ...this.options.workerOptions(workerId),
        onLine: (stream, line) => this.options.onLine(worker, stream, line),
        onExit: (ended) => this.forget(ended),
      },
      this.options.initTimeoutMs,
    );
    this.workers.set(worker, workerId);
    return worker;
  }

  private reap(worker: WorkerProcess): void {
    const at = this.idle.findIndex((entry) => entry.worker === worker);
    if (at < 0) return;
    this.idle.splice(at, 1);
    void worker.kill();
  }

  private forget(worker: WorkerProcess): void {
    this.workers.delete(worker);
    this.resolveDrained();
    const at = this.idle.findIndex((entry) => entry.worker === worker);
    if (at < 0) return;
    clearTimeout(this.idle[at]?.reaper);
    this.idle.splice(at, 1);
  }

  private resolveDrained(): void {
    if (this.retiring && this.workers.size === 0) this.setDrained();
  }
}
