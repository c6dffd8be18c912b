import type { FaultPlan } from './fault-plan.js';
import { FaultPlanError, parseFaultPlan } from './parse-plan.js';

describe('a fault plan', () => {
  it('may be empty', () => {
    expect(parseFaultPlan({})).toEqual({ calls: [], events: [] });
  });

  it('is read with every kind of fault', () => {
    const plan = {
      seed: 7,
      calls: [
        { fault: 'delay', probability: 1, delayMs: 5, service: 'kinesis' },
        { fault: 'loseRequest', probability: 0.1, operations: ['PutItem'], function: 'process-fn', max: 3 },
        { fault: 'loseResponse', probability: 0.1 },
        { fault: 'arriveLate', probability: 0.1, delayMs: [100, 500] },
        { fault: 'duplicate', probability: 0.1 },
        { fault: 'throttle', probability: 0, service: 'dynamodb' },
        { fault: 'failEntries', probability: 0.5, entryProbability: 0.5 },
        { fault: 'killCaller', probability: 0.01, moment: 'after' },
      ],
      events: [
        { fault: 'killWorker', meanIntervalMs: 1_000, function: 'process-fn' },
        { fault: 'killEngine', meanIntervalMs: 1_000, service: 'dynamodb', max: 2 },
        { fault: 'killRuntime', afterMs: 60_000 },
        { fault: 'reshard', meanIntervalMs: 5_000 },
        { fault: 'expireIterator', meanIntervalMs: 1_000 },
        { fault: 'pauseConsumer', meanIntervalMs: 1_000, pauseMs: 500, consumer: 'process-fn' },
      ],
      clocks: [{ skewMs: -500 }, { function: 'process-fn', skewMs: [-60_000, 60_000] }],
    };
    const expected: FaultPlan = {
      seed: 7,
      calls: [
        { fault: 'delay', probability: 1, delayMs: [5, 5], service: 'kinesis' },
        { fault: 'loseRequest', probability: 0.1, operations: ['PutItem'], function: 'process-fn', max: 3 },
        { fault: 'loseResponse', probability: 0.1 },
        { fault: 'arriveLate', probability: 0.1, delayMs: [100, 500] },
        { fault: 'duplicate', probability: 0.1, delayMs: [0, 0] },
        { fault: 'throttle', probability: 0, service: 'dynamodb' },
        { fault: 'failEntries', probability: 0.5, entryProbability: 0.5 },
        { fault: 'killCaller', probability: 0.01, moment: 'after' },
      ],
      events: [
        { fault: 'killWorker', meanIntervalMs: 1_000, function: 'process-fn' },
        { fault: 'killEngine', meanIntervalMs: 1_000, service: 'dynamodb', max: 2 },
        { fault: 'killRuntime', afterMs: 60_000 },
        { fault: 'reshard', meanIntervalMs: 5_000, max: 10, openShardsMax: 8 },
        { fault: 'expireIterator', meanIntervalMs: 1_000 },
        { fault: 'pauseConsumer', meanIntervalMs: 1_000, pauseMs: 500, consumer: 'process-fn' },
      ],
      clocks: [{ skewMs: [-500, -500] }, { function: 'process-fn', skewMs: [-60_000, 60_000] }],
    };
    expect(parseFaultPlan(plan)).toEqual(expected);
    expect(parseFaultPlan(JSON.parse(JSON.stringify(expected)))).toEqual(expected);
  });

  const call = { fault: 'throttle', probability: 1 };
  const event = { fault: 'killWorker', meanIntervalMs: 1 };

  it.each<[unknown, string]>([
    [null, 'The fault plan must be a JSON object.'],
    [[], 'The fault plan must be a JSON object.'],
    [{ call: [] }, 'call is not known here; known are calls, clocks, events, seed.'],
    [{ seed: 1.5 }, 'seed must be a whole number from 0 to 4294967295, not 1.5.'],
    [{ calls: {} }, 'calls must be a list.'],
    [{ calls: [3] }, 'calls[0] must be a JSON object.'],
    [{ calls: Array(101).fill(call) }, 'calls must have at most 100 entries.'],
    [
      { calls: [{ fault: 'drop', probability: 1 }] },
      'calls[0].fault must be one of delay, loseRequest, loseResponse, arriveLate, duplicate, throttle, failEntries, killCaller, not "drop".',
    ],
    [{ calls: [call, { fault: 'throttle' }] }, 'calls[1].probability must be a number from 0 to 1.'],
    [{ calls: [{ ...call, probability: 5 }] }, 'calls[0].probability must be a number from 0 to 1, not 5.'],
    [
      { calls: [{ ...call, service: 'sqs' }] },
      'calls[0].service must be one of kinesis, dynamodb, s3, not "sqs".',
    ],
    [
      { events: [{ fault: 'killEngine', meanIntervalMs: 1, service: 's3' }] },
      'events[0].service must be one of kinesis, dynamodb, not "s3".',
    ],
    [
      { clocks: [{ skewMs: [5, -5] }] },
      'clocks[0].skewMs must be a number of milliseconds from -3600000 up to 3600000, or [least, greatest], not [5,-5].',
    ],
    [
      { clocks: [{ skewMs: 1, worker: 'w' }] },
      'clocks[0].worker is not known here; known are function, skewMs.',
    ],
    [{ calls: [{ ...call, operations: [] }] }, 'calls[0].operations must be a list of one or more texts.'],
    [{ calls: [{ ...call, function: '' }] }, 'calls[0].function must be a text that is not empty, not "".'],
    [{ calls: [{ ...call, max: 0 }] }, 'calls[0].max must be a whole number from 1 to 1000000000, not 0.'],
    [
      { calls: [{ ...call, delayMs: 3 }] },
      'calls[0].delayMs is not known here; known are fault, function, max, operations, probability, service.',
    ],
    [
      { calls: [{ ...call, fault: 'delay', delayMs: [9, 3] }] },
      'calls[0].delayMs must be a number of milliseconds up to 3600000, or [least, greatest], not [9,3].',
    ],
    [{ calls: [{ ...call, fault: 'killCaller' }] }, 'calls[0].moment must be one of before, after.'],
    [
      { events: [{ fault: 'killWorker' }] },
      'events[0].meanIntervalMs must be a whole number from 1 to 3600000.',
    ],
    [
      { events: [{ ...event, afterMs: 3 }] },
      'events[0].afterMs is not known here; known are fault, function, max, meanIntervalMs.',
    ],
    [
      { events: [{ fault: 'killRuntime', afterMs: -1 }] },
      'events[0].afterMs must be a whole number from 0 to 3600000, not -1.',
    ],
    [
      { events: [{ ...event, fault: 'pauseConsumer' }] },
      'events[0].pauseMs must be a whole number from 1 to 3600000.',
    ],
    [{ ['__proto__x']: 1 }, '__proto__x is not known here; known are calls, clocks, events, seed.'],
  ])('%j is refused', (plan, message) => {
    expect(() => parseFaultPlan(plan)).toThrow(new FaultPlanError(message));
  });
});
