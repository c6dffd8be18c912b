import { WorkerProcess, type WorkerProcessOptions } from './worker-process.js';

export interface WorkerPoolOptions {
  readonly idleMs: number;
  readonly initTimeoutMs: number;
  /** Options of a new worker process; called once a worker, so that each has its own log stream. */
  workerOptions(workerId: string): Omit<WorkerProcessOptions, 'onExit' | 'onLine'>;
  onLine(worker: WorkerProcess, stream: 'stdout' | 'stderr', line: string): void;
}

/**
 * The execution environments of one function. A free one is used again, the last used first, so that those not needed fall
 * idle and are reaped; when none is free a new one is started.
 */
export class WorkerPool {
  private readonly workers = new Map<WorkerProcess, string>();
  private startedWorkers = 0;
  /** Free workers, the last used at the end, each with the timer that will end it. */
  private readonly idle: { readonly worker: WorkerProcess; readonly reaper: NodeJS.Timeout }[] = [];

  constructor(private readonly options: WorkerPoolOptions) {}

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

  /** Gives a worker back for further use. */
  release(worker: WorkerProcess): void {
    if (!worker.alive) return;
    const reaper = setTimeout(() => this.reap(worker), this.options.idleMs);
    reaper.unref();
    this.idle.push({ worker, reaper });
  }

  /** Ends a worker that may not be used again. */
  async discard(worker: WorkerProcess): Promise<void> {
    await worker.kill();
  }

  /** Ends the workers that are free, for example because their code has changed. */
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
    this.startedWorkers += 1;
    const workerId = `w${this.startedWorkers}`;
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
    const at = this.idle.findIndex((entry) => entry.worker === worker);
    if (at < 0) return;
    clearTimeout(this.idle[at]?.reaper);
    this.idle.splice(at, 1);
  }
}
