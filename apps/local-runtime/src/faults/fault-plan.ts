import type { EngineProcessService, FaultedService } from './faulted-call.js';

/**
 * What is to go wrong. Every member is optional; `{}` injects nothing.
 *
 * `calls` are faults of calls from functions to engines, `events` are faults that happen at times of their own, `clocks` are
 * wrong from the start of a worker to its end.
 */
export interface FaultPlan {
  readonly seed?: number;
  readonly calls: readonly CallRule[];
  readonly events: readonly EventRule[];
  /** Clocks of functions that are wrong. */
  readonly clocks?: readonly ClockRule[];
}

/** Each worker that a function starts has a clock that is wrong by a random time between the bounds; negative is late. */
export interface ClockRule {
  /** Name of the function, or the end of it; all functions when it is not given. */
  readonly function?: string;
  readonly skewMs: DelayRange;
}

/** Which calls a rule is about. What is not given matches everything. */
export interface CallFilter {
  readonly service?: FaultedService;
  /** Names of the API, such as `PutItem`. */
  readonly operations?: readonly string[];
  /** Name of the function, or the end of it: `process-fn` also means `weir-dev-process-fn`. */
  readonly function?: string;
}

/** From 0 to 1, how often the rule applies to a call that it is about; `max` bounds how often in all. */
interface CallRuleBase extends CallFilter {
  readonly probability: number;
  readonly max?: number;
}

/** Bounds of a random time, both included. */
export type DelayRange = readonly [minMs: number, maxMs: number];

export type CallRule =
  /** The call is forwarded later; another rule may add a fault to it. */
  | (CallRuleBase & { readonly fault: 'delay'; readonly delayMs: DelayRange })
  /** The engine never sees the call; the connection is reset. */
  | (CallRuleBase & { readonly fault: 'loseRequest' })
  /** The engine does it; the connection is reset instead of the answer. */
  | (CallRuleBase & { readonly fault: 'loseResponse' })
  /** The connection is reset at once, but the call reaches the engine later, perhaps after its own repetition. */
  | (CallRuleBase & { readonly fault: 'arriveLate'; readonly delayMs: DelayRange })
  /** The engine gets the call a second time, so much later; the answer is that of the first. */
  | (CallRuleBase & { readonly fault: 'duplicate'; readonly delayMs: DelayRange })
  /** The call is refused as the service does when its capacity is exceeded. */
  | (CallRuleBase & { readonly fault: 'throttle' })
  /** Single entries of a PutRecords or BatchGetItem are not done, inside an answer of 200. */
  | (CallRuleBase & { readonly fault: 'failEntries'; readonly entryProbability: number })
  /** The worker that calls is killed, before or after the engine does the call. */
  | (CallRuleBase & { readonly fault: 'killCaller'; readonly moment: 'before' | 'after' });

/** How often an event happens: at random times with a mean interval, at most `max` times. */
interface EventRuleBase {
  readonly meanIntervalMs: number;
  readonly max?: number;
}

export type EventRule =
  /** SIGKILL for a Lambda worker. */
  | (EventRuleBase & { readonly fault: 'killWorker'; readonly function?: string })
  /** SIGKILL for a process of an engine, which is then started again. */
  | (EventRuleBase & { readonly fault: 'killEngine'; readonly service?: EngineProcessService })
  /** SIGKILL for the runtime itself, once. */
  | { readonly fault: 'killRuntime'; readonly afterMs: number }
  /** A shard is split, or two are merged; there are never more than `openShardsMax` open ones because of it. */
  | (EventRuleBase & {
      readonly fault: 'reshard';
      readonly max: number;
      readonly stream?: string;
      readonly openShardsMax: number;
    })
  /** A consumer finds a shard iterator expired. */
  | (EventRuleBase & { readonly fault: 'expireIterator'; readonly consumer?: string })
  /** A consumer handles nothing for a time. */
  | (EventRuleBase & {
      readonly fault: 'pauseConsumer';
      readonly consumer?: string;
      readonly pauseMs: number;
    });

/** The plan in which nothing goes wrong. */
export const emptyPlan: FaultPlan = { calls: [], events: [] };

/** Names in plans may leave away what comes before: the stage's prefix. */
export function isNamed(name: string, wanted: string | undefined): boolean {
  return wanted === undefined || name === wanted || name.endsWith(`-${wanted}`);
}
