import { setTimeout as delay } from 'node:timers/promises';
import { reasonOf } from '../runtime-error.js';
import { decideCall, type CallDecision } from './call-decision.js';
import { applyEvent } from './event-fault.js';
import { emptyPlan, isNamed, type EventRule, type FaultPlan } from './fault-plan.js';
import type { FaultTargets } from './fault-targets.js';
import type { FaultedCall, FaultedService } from './faulted-call.js';
import { randomAt, randomInteger, randomIntervalMs, randomSequence } from './seeded-random.js';

/** A fault that was applied, as the log has it. */
export interface AppliedFault {
  readonly seed: number;
  readonly fault: string;
  readonly [detail: string]: unknown;
}

export interface FaultInjectorOptions {
  readonly plan: FaultPlan;
  readonly seed: number;
  readonly targets: FaultTargets;
  log(entry: AppliedFault): void;
  /** One line for the user. */
  notify(message: string): void;
}

/** What `GET /faults` answers. Counts begin anew with every plan, and stay when a plan ends. */
export interface FaultState {
  /** Null when nothing is injected. */
  readonly plan: Omit<FaultPlan, 'seed'> | null;
  readonly seed: number;
  /** Calls from functions to engines that were seen. */
  readonly calls: Readonly<Record<string, number>>;
  /** Faults that were applied: events by their name, faults of calls by service and name. */
  readonly applied: Readonly<Record<string, number>>;
}

/**
 * Applies a plan: decides on calls when it is asked to, and makes events happen at their times. One plan is in force at a
 * time; replacing it ends what the one before began, such as pauses.
 */
export class FaultInjector {
  private plan: FaultPlan | undefined;
  private seed: number;
  private started = false;
  private abort = new AbortController();
  private events: Promise<unknown> = Promise.resolve();
  private callCounts = new Map<string, number>();
  private calls = new Map<FaultedService, number>();
  private applied = new Map<string, number>();
  private ruleCounts = new Map<number, number>();
  /** Workers started by function. */
  private workerCounts = new Map<string, number>();

  constructor(private readonly options: FaultInjectorOptions) {
    this.plan = options.plan;
    this.seed = options.seed;
  }

  /** From now on events happen. */
  start(): void {
    this.started = true;
    this.begin();
  }

  /** Puts another plan into force; without a seed of its own it goes on with the one before. */
  async replace(plan: FaultPlan): Promise<void> {
    await this.end();
    this.plan = plan;
    this.seed = plan.seed ?? this.seed;
    this.callCounts = new Map();
    this.calls = new Map();
    this.applied = new Map();
    this.ruleCounts = new Map();
    this.workerCounts = new Map();
    if (this.started) this.begin();
  }

  /** From now on nothing is injected. Resolves when an event that was under way is over. */
  async end(): Promise<void> {
    this.plan = undefined;
    this.abort.abort();
    for (const consumer of this.options.targets.consumers()) consumer.resume();
    await this.events;
  }

  state(): FaultState {
    const { plan } = this;
    return {
      plan: plan === undefined ? null : planWithoutSeed(plan),
      seed: this.seed,
      calls: Object.fromEntries(this.calls),
      applied: Object.fromEntries([...this.applied].sort(([a], [b]) => (a < b ? -1 : 1))),
    };
  }

  /** Decides on a call that has just come in. */
  decide(call: FaultedCall): CallDecision {
    const plan = this.plan ?? emptyPlan;
    this.calls.set(call.service, (this.calls.get(call.service) ?? 0) + 1);
    const sequence = `${call.service}/${call.operation}/${call.functionName}`;
    const callIndex = this.callCounts.get(sequence) ?? 0;
    this.callCounts.set(sequence, callIndex + 1);
    const isExhausted = (ruleIndex: number): boolean =>
      (this.ruleCounts.get(ruleIndex) ?? 0) >= (plan.calls[ruleIndex]?.max ?? Infinity);
    const decision = decideCall(plan, this.seed, call, callIndex, isExhausted);
    for (const index of decision.rules) this.ruleCounts.set(index, (this.ruleCounts.get(index) ?? 0) + 1);
    return decision;
  }

  /** Counts and logs what a decision led to. */
  callApplied(call: FaultedCall, { delayMs, fault }: CallDecision, details: object): void {
    const { service, operation, functionName } = call;
    if (delayMs > 0) this.count(`${service}.delay`);
    if (fault !== undefined) this.count(`${service}.${fault.kind}`);
    const delayed = delayMs > 0 ? { delayMs } : {};
    const entry = { service, operation, function: functionName, ...delayed, ...details };
    this.options.log({ seed: this.seed, fault: fault?.kind ?? 'delay', ...entry });
  }

  /** By how much the clock of a worker that is just being started is wrong, in ms; counts and logs it. */
  clockSkewMs(functionName: string, workerId: string): number {
    const clocks = this.plan?.clocks ?? [];
    const ruleIndex = clocks.findIndex((rule) => isNamed(functionName, rule.function));
    const rule = clocks[ruleIndex];
    if (rule === undefined) return 0;
    const workerIndex = this.workerCounts.get(functionName) ?? 0;
    this.workerCounts.set(functionName, workerIndex + 1);
    const [min, max] = rule.skewMs;
    const skewMs = randomInteger(
      min,
      max,
      randomAt(this.seed, `clock ${ruleIndex}/${functionName}`, workerIndex),
    );
    this.count('skewClock');
    this.options.log({
      seed: this.seed,
      fault: 'skewClock',
      function: functionName,
      worker: workerId,
      skewMs,
    });
    return skewMs;
  }

  private begin(): void {
    this.abort = new AbortController();
    const { signal } = this.abort;
    const rules = this.plan?.events ?? [];
    this.events = Promise.all(rules.map((rule, index) => this.runEvent(rule, index, signal)));
  }

  private async runEvent(rule: EventRule, ruleIndex: number, signal: AbortSignal): Promise<void> {
    if (rule.fault === 'killRuntime') {
      if (!(await passed(rule.afterMs, signal))) return;
      this.report(rule.fault, { pid: process.pid });
      this.options.targets.killRuntime();
      return;
    }
    const times = randomSequence(this.seed, `event ${ruleIndex} time`);
    const choices = randomSequence(this.seed, `event ${ruleIndex} choice`);
    let count = 0;
    while (
      count < (rule.max ?? Infinity) &&
      (await passed(randomIntervalMs(rule.meanIntervalMs, times()), signal))
    ) {
      try {
        const details = await applyEvent(rule, this.options.targets, choices);
        if (details === undefined) continue;
        count += 1;
        this.report(rule.fault, details);
      } catch (error) {
        // An engine that was just killed cannot be asked; the event happens another time.
        this.options.log({ seed: this.seed, fault: rule.fault, failed: reasonOf(error) });
      }
    }
  }

  private report(fault: string, details: object): void {
    this.count(fault);
    this.options.log({ seed: this.seed, fault, ...details });
    this.options.notify(`Fault (seed ${this.seed}): ${fault} ${JSON.stringify(details)}`);
  }

  private count(name: string): void {
    this.applied.set(name, (this.applied.get(name) ?? 0) + 1);
  }
}

function planWithoutSeed({ seed: _, ...plan }: FaultPlan): Omit<FaultPlan, 'seed'> {
  return plan;
}

/** Resolves with whether the time has passed, false when it was cut short. */
async function passed(durationMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(durationMs, undefined, { signal });
    return true;
  } catch {
    return false; // The plan has ended.
  }
}
