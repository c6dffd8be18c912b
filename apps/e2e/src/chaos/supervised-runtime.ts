import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call } from '../api.js';
import { startContractProxy, type ContractProxy } from '../contract-proxy.js';
import { freePortBase, requireContract, requireRoles, startStack, type LocalStack } from '@weir/local-stack';
import { calmPlanOf, faultPlanOf, type FaultPlan } from './fault-schedule.js';

/** How long the runtime may take to answer a question about itself. */
const ANSWER_MS_MAX = 30_000;

/**
 * A local runtime that is started again on the same data and ports whenever a fault has killed it, as a supervisor does.
 * Each of its lives has a plan of faults of its own.
 */
export class SupervisedRuntime {
  private stack: LocalStack | undefined;
  private calm = false;
  private closing = false;
  private orderly = false;
  private watching: Promise<void> = Promise.resolve();
  private failure: Error | undefined;
  private lives = 0;

  private constructor(
    /** Where data, plans and output are kept. */
    readonly folder: string,
    readonly portBase: number,
    private readonly seed: number,
    private readonly proxy: ContractProxy,
  ) {}

  /** Starts a runtime in which nothing fails until {@link beginFaults}. */
  static async start(folder: string, seed: number): Promise<SupervisedRuntime> {
    const portBase = await freePortBase();
    const proxy = await startContractProxy(`http://127.0.0.1:${portBase + 2}`);
    const runtime = new SupervisedRuntime(folder, portBase, seed, proxy);
    runtime.calm = true;
    try {
      await runtime.live();
    } catch (error) {
      await proxy.stop();
      throw error;
    }
    runtime.calm = false;
    runtime.watching = runtime.keepAlive();
    return runtime;
  }

  get dataDir(): string {
    return join(this.folder, 'data');
  }

  get infoUrl(): string {
    return `http://127.0.0.1:${this.portBase}`;
  }

  get ingestUrl(): string {
    return `http://127.0.0.1:${this.portBase + 1}`;
  }

  /** Through a proxy that holds every exchange against the contract. */
  get analyticsUrl(): string {
    return this.proxy.url;
  }

  /** How often it died. */
  deaths(): number {
    return this.lives - 1;
  }

  /** @throws what made it end or not start again although no fault had killed it */
  requireAlive(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  async beginFaults(): Promise<void> {
    const plan = faultPlanOf(this.seed, 0);
    this.keepPlan(0, plan);
    const answer = await call(`${this.infoUrl}/faults`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(plan),
      timeoutMs: ANSWER_MS_MAX,
    });
    if (answer.status !== 200)
      throw new Error(`The fault plan was answered with ${answer.status}: ${answer.text}`);
  }

  /** From now on nothing fails. A death that is just under way is still made good. */
  async endFaults(): Promise<void> {
    this.calm = true;
    for (;;) {
      this.requireAlive();
      const answer = await call(`${this.infoUrl}/faults`, {
        method: 'DELETE',
        timeoutMs: ANSWER_MS_MAX,
      }).catch(() => undefined);
      if (answer?.status === 200) return;
      await new Promise((proceed) => setTimeout(proceed, 200));
    }
  }

  /** SIGKILL by hand; it is started again like after any other. Resolves once it is ready. */
  async killAndRestart(): Promise<void> {
    const { lives } = this;
    this.stack?.process.kill('SIGKILL');
    await this.untilNextLife(lives);
  }

  private async untilNextLife(lives: number): Promise<void> {
    while (this.lives === lives || this.stack === undefined) {
      this.requireAlive();
      await new Promise((proceed) => setTimeout(proceed, 100));
    }
  }

  /** Stops it in order, so that it archives what is in the stream, and starts it again. Resolves once it is ready. */
  async stopAndRestart(): Promise<void> {
    const { lives } = this;
    this.orderly = true;
    await this.stack?.stop();
    await this.untilNextLife(lives);
    this.orderly = false;
  }

  async stop(): Promise<void> {
    this.closing = true;
    await this.stack?.stop();
    await this.watching;
    await this.proxy.stop();
    for (let life = 0; life < this.lives; life += 1) {
      const output = readFileSync(this.outputFileOf(life), 'utf8');
      requireContract(output);
      requireRoles(output);
    }
  }

  private outputFileOf(life: number): string {
    return join(this.folder, `runtime-${life}.log`);
  }

  private async live(): Promise<void> {
    const { dataDir, portBase, seed, lives: life } = this;
    const file = this.keepPlan(life, this.calm ? calmPlanOf(seed) : faultPlanOf(seed, life));
    this.stack = undefined;
    this.lives += 1;
    this.stack = await startStack({
      dataDir,
      portBase,
      args: ['--faults', file],
      outputFile: this.outputFileOf(life),
    });
  }

  private async keepAlive(): Promise<void> {
    try {
      while (this.stack !== undefined) {
        const [code, signal] = await this.stack.ended;
        if (this.closing) return;
        if (signal !== 'SIGKILL' && !this.orderly)
          throw new Error(`The runtime ended by itself with ${signal ?? code}.`);
        await this.live();
      }
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
    }
  }

  /** Keeps the plan of a life beside what it led to. */
  private keepPlan(life: number, plan: FaultPlan): string {
    const file = join(this.folder, `faults-${life}.json`);
    writeFileSync(file, `${JSON.stringify(plan, null, 2)}\n`);
    return file;
  }
}
