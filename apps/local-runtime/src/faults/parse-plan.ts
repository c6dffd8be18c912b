import type { CallRule, ClockRule, DelayRange, EventRule, FaultPlan } from './fault-plan.js';
import { engineProcessServices, faultedServices } from './faulted-call.js';

/** A plan cannot be used. The message is one sentence that names the member and the reason. */
export class FaultPlanError extends Error {
  override readonly name = 'FaultPlanError';
  readonly code = 'invalid_fault_plan';
}

/** Bounds against slips of the pen: longer waits than an hour and more repetitions than this are no fault injection. */
const durationMsMax = 3_600_000;
const countMax = 1_000_000_000;
const rulesMax = 100;
const delayRangeDefault: DelayRange = [0, 0];

/**
 * Reads a plan.
 *
 * @param value what JSON.parse returned
 * @throws FaultPlanError for the first member that is unknown, missing or out of its range.
 */
export function parseFaultPlan(value: unknown): FaultPlan {
  const plan = new Members(value, '', 'The fault plan');
  const seed = plan.optionalInteger('seed', 0, seedMax);
  const calls = plan.list('calls').map((rule, index) => parseCall(new Members(rule, `calls[${index}]`)));
  const events = plan.list('events').map((rule, index) => parseEvent(new Members(rule, `events[${index}]`)));
  const clocks = plan.list('clocks').map((rule, index) => parseClock(new Members(rule, `clocks[${index}]`)));
  plan.requireNoOther();
  return {
    ...(seed === undefined ? {} : { seed }),
    calls,
    events,
    ...(clocks.length === 0 ? {} : { clocks }),
  };
}

function parseClock(rule: Members): ClockRule {
  const functionName = rule.optionalText('function');
  const skewMs = rule.range('skewMs', -durationMsMax);
  rule.requireNoOther();
  return { ...(functionName === undefined ? {} : { function: functionName }), skewMs };
}

/** Seeds are whole numbers of 32 bits. */
export const seedMax = 4_294_967_295;

function parseCall(rule: Members): CallRule {
  const fault = rule.choice('fault', callFaults);
  const service = rule.optionalChoice('service', faultedServices);
  const operations = rule.optionalTexts('operations');
  const functionName = rule.optionalText('function');
  const max = rule.optionalInteger('max', 1, countMax);
  const base = {
    ...(service === undefined ? {} : { service }),
    ...(operations === undefined ? {} : { operations }),
    ...(functionName === undefined ? {} : { function: functionName }),
    ...(max === undefined ? {} : { max }),
    probability: rule.number('probability', 0, 1),
  };
  const parsed = callRule(rule, fault, base);
  rule.requireNoOther();
  return parsed;
}

const callFaults = [
  'delay',
  'loseRequest',
  'loseResponse',
  'arriveLate',
  'duplicate',
  'throttle',
  'failEntries',
  'killCaller',
] as const satisfies readonly CallRule['fault'][];

function callRule(
  rule: Members,
  fault: CallRule['fault'],
  base: Omit<Extract<CallRule, { fault: 'throttle' }>, 'fault'>,
): CallRule {
  switch (fault) {
    case 'delay':
    case 'arriveLate':
      return { ...base, fault, delayMs: rule.delayRange('delayMs') };
    case 'duplicate':
      return { ...base, fault, delayMs: rule.delayRange('delayMs', delayRangeDefault) };
    case 'failEntries':
      return { ...base, fault, entryProbability: rule.number('entryProbability', 0, 1) };
    case 'killCaller':
      return { ...base, fault, moment: rule.choice('moment', ['before', 'after']) };
    case 'loseRequest':
    case 'loseResponse':
    case 'throttle':
      return { ...base, fault };
  }
}

const eventFaults = [
  'killWorker',
  'killEngine',
  'killRuntime',
  'reshard',
  'expireIterator',
  'pauseConsumer',
] as const satisfies readonly EventRule['fault'][];

function parseEvent(rule: Members): EventRule {
  const fault = rule.choice('fault', eventFaults);
  const parsed =
    fault === 'killRuntime'
      ? { fault, afterMs: rule.integer('afterMs', 0, durationMsMax) }
      : repeatedEvent(rule, fault);
  rule.requireNoOther();
  return parsed;
}

function repeatedEvent(rule: Members, fault: Exclude<EventRule['fault'], 'killRuntime'>): EventRule {
  const meanIntervalMs = rule.integer('meanIntervalMs', 1, durationMsMax);
  const max = rule.optionalInteger('max', 1, countMax);
  const base = { meanIntervalMs, ...(max === undefined ? {} : { max }) };
  switch (fault) {
    case 'killWorker': {
      const functionName = rule.optionalText('function');
      return { ...base, fault, ...(functionName === undefined ? {} : { function: functionName }) };
    }
    case 'killEngine': {
      const service = rule.optionalChoice('service', engineProcessServices);
      return { ...base, fault, ...(service === undefined ? {} : { service }) };
    }
    case 'reshard': {
      const stream = rule.optionalText('stream');
      const openShardsMax = rule.optionalInteger('openShardsMax', 1, 100) ?? openShardsMaxDefault;
      return {
        ...base,
        fault,
        max: max ?? reshardsMaxDefault,
        openShardsMax,
        ...(stream === undefined ? {} : { stream }),
      };
    }
    case 'expireIterator':
      return { ...base, fault, ...consumerOf(rule) };
    case 'pauseConsumer':
      return { ...base, fault, pauseMs: rule.integer('pauseMs', 1, durationMsMax), ...consumerOf(rule) };
  }
}

/** Every reshard leaves shards behind that consumers list until their records expire, hence a bound even without one. */
const reshardsMaxDefault = 10;
const openShardsMaxDefault = 8;

function consumerOf(rule: Members): { readonly consumer?: string } {
  const consumer = rule.optionalText('consumer');
  return consumer === undefined ? {} : { consumer };
}

/** The members of one JSON object, each read once; what is never read is unknown. */
class Members {
  private readonly members: Readonly<Record<string, unknown>>;
  private readonly known = new Set<string>();

  constructor(
    value: unknown,
    private readonly path: string,
    name = path,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new FaultPlanError(`${name} must be a JSON object.`);
    }
    this.members = Object.fromEntries(Object.entries(value));
  }

  list(name: string): readonly unknown[] {
    const value = this.read(name) ?? [];
    if (!Array.isArray(value)) this.fail(name, 'must be a list');
    if (value.length > rulesMax) this.fail(name, `must have at most ${rulesMax} entries`);
    return value;
  }

  number(name: string, min: number, max: number): number {
    const value = this.read(name);
    if (typeof value === 'number' && value >= min && value <= max) return value;
    this.fail(name, `must be a number from ${min} to ${max}${shown(value)}`);
  }

  integer(name: string, min: number, max: number): number {
    const value = this.read(name);
    if (isIntegerWithin(value, min, max)) return value;
    this.fail(name, `must be a whole number from ${min} to ${max}${shown(value)}`);
  }

  optionalInteger(name: string, min: number, max: number): number | undefined {
    return this.read(name) === undefined ? undefined : this.integer(name, min, max);
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    const value = this.read(name);
    const chosen = choices.find((choice) => choice === value);
    if (chosen !== undefined) return chosen;
    this.fail(name, `must be one of ${choices.join(', ')}${shown(value)}`);
  }

  optionalChoice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    return this.read(name) === undefined ? undefined : this.choice(name, choices);
  }

  optionalText(name: string): string | undefined {
    const value = this.read(name);
    if (value === undefined || (typeof value === 'string' && value !== '')) return value;
    this.fail(name, `must be a text that is not empty${shown(value)}`);
  }

  optionalTexts(name: string): readonly string[] | undefined {
    const value = this.read(name);
    if (value === undefined) return undefined;
    const isText = (item: unknown): item is string => typeof item === 'string' && item !== '';
    if (Array.isArray(value) && value.length > 0 && value.every(isText)) return value;
    this.fail(name, 'must be a list of one or more texts');
  }

  /** A number of milliseconds, or a list of the least and the greatest. */
  delayRange(name: string, fallback?: DelayRange): DelayRange {
    return this.range(name, 0, fallback);
  }

  range(name: string, least: number, fallback?: DelayRange): DelayRange {
    const value = this.read(name) ?? fallback;
    const range = Array.isArray(value) ? value : [value, value];
    const [min, max] = range as readonly unknown[];
    const valid =
      range.length === 2 &&
      isIntegerWithin(min, least, durationMsMax) &&
      isIntegerWithin(max, least, durationMsMax) &&
      min <= max;
    if (valid) return [min, max];
    this.fail(
      name,
      `must be a number of milliseconds ${least < 0 ? `from ${least} ` : ''}up to ${durationMsMax}, or [least, greatest]${shown(value)}`,
    );
  }

  requireNoOther(): void {
    const unknown = Object.keys(this.members).find((name) => !this.known.has(name));
    if (unknown === undefined) return;
    this.fail(unknown, `is not known here; known are ${[...this.known].sort().join(', ')}`);
  }

  private read(name: string): unknown {
    this.known.add(name);
    return Object.hasOwn(this.members, name) ? this.members[name] : undefined;
  }

  private fail(name: string, reason: string): never {
    throw new FaultPlanError(`${this.path === '' ? name : `${this.path}.${name}`} ${reason}.`);
  }
}

function isIntegerWithin(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}

function shown(value: unknown): string {
  return value === undefined ? '' : `, not ${JSON.stringify(value)}`;
}
