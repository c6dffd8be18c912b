import { setTimeout as delay } from 'node:timers/promises';
import { reasonOf, RuntimeError } from '../runtime-error.js';
import { OutputTail } from './output-tail.js';
import { startProcess, type ProcessSpec, type StartedProcess } from './started-process.js';

/** Something that happened to a process which its user should know. */
export interface ProcessEvent {
  readonly name: string;
  readonly message: string;
}

export interface SupervisedProcessOptions {
  /** As in messages: `The Kinesis engine`. */
  readonly name: string;
  readonly spec: ProcessSpec;
  /** Resolves once the process answers; a rejection means not yet. */
  probe(): Promise<void>;
  readonly readyTimeoutMs: number;
  /** How long the process may take to end after it was asked to. */
  readonly stopGraceMs: number;
  /** First pause before a restart; it doubles up to 5 s while restarts fail, and starts over after a minute of health. */
  readonly restartDelayMs: number;
  clock(): number;
  onEvent(event: ProcessEvent): void;
}

const restartDelayMsMax = 5_000;
const healthyAfterMs = 60_000;
const probeIntervalMs = 25;

/** A child process that is started again, in the same way, whenever it ends without having been asked to. */
export class SupervisedProcess {
  private current: StartedProcess | undefined;
  private closing = false;
  private restarts = 0;
  private restartDelayMs: number;
  private loop: Promise<void> = Promise.resolve();
  private readonly abort = new AbortController();

  private constructor(private readonly options: SupervisedProcessOptions) {
    this.restartDelayMs = options.restartDelayMs;
  }

  /** Starts the process and waits until it answers. @throws RuntimeError `engine_failed` with the end of its output. */
  static async start(options: SupervisedProcessOptions): Promise<SupervisedProcess> {
    const supervised = new SupervisedProcess(options);
    const started = await supervised.startOnce();
    supervised.loop = supervised.keepRunning(started);
    return supervised;
  }

  /** The processes behind it, the supervisor included. */
  pids(): number[] {
    return this.current?.pids() ?? [];
  }

  /** How many times it had to be started again. */
  restartCount(): number {
    return this.restarts;
  }

  /** Ends the process and waits until it is gone. Safe to call again. */
  async close(): Promise<void> {
    this.closing = true;
    this.abort.abort();
    await this.current?.stop(this.options.stopGraceMs);
    await this.loop;
  }

  private async startOnce(): Promise<StartedProcess> {
    const { options } = this;
    const tail = new OutputTail();
    const started = startProcess(options.spec, tail);
    this.current = started;
    const deadlineMs = options.clock() + options.readyTimeoutMs;
    let lastReason = 'it did not answer';
    while (started.exit() === undefined && options.clock() < deadlineMs && !this.closing) {
      try {
        await options.probe();
        return started;
      } catch (error) {
        lastReason = reasonOf(error);
        await delay(probeIntervalMs);
      }
    }
    const exit = started.exit();
    await started.stop(0);
    const reason = exit === undefined ? lastReason : `it ended with ${exit}`;
    throw new RuntimeError('engine_failed', `${options.name} did not start: ${reason}.${tail.sentence()}`);
  }

  private async keepRunning(first: StartedProcess): Promise<void> {
    let started: StartedProcess | undefined = first;
    while (!this.closing) {
      if (started !== undefined) {
        const startedMs = this.options.clock();
        const reason = await started.ended;
        if (this.closing) return;
        // What the supervisor left behind would hold the port and the files.
        await started.stop(0);
        if (this.options.clock() - startedMs >= healthyAfterMs)
          this.restartDelayMs = this.options.restartDelayMs;
        this.report(`ended (${reason}); it is started again in ${this.restartDelayMs} ms`);
      }
      started = await this.restart();
    }
  }

  private async restart(): Promise<StartedProcess | undefined> {
    try {
      await delay(this.restartDelayMs, undefined, { signal: this.abort.signal });
    } catch {
      return undefined; // Closed while waiting.
    }
    this.restartDelayMs = Math.min(restartDelayMsMax, this.restartDelayMs * 2);
    try {
      const started = await this.startOnce();
      this.restarts += 1;
      this.report('runs again');
      return started;
    } catch (error) {
      if (!this.closing) this.report(`could not be started again: ${reasonOf(error)}`);
      return undefined;
    }
  }

  private report(message: string): void {
    this.options.onEvent({ name: this.options.name, message: `${this.options.name} ${message}` });
  }
}
