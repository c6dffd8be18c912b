import fc from 'fast-check';
import type { BlockReading } from '../block.js';
import type { Content } from '../packed-content.js';
import type { TimedValue } from '../summary.js';
import type { Window } from '../window.js';

export const SLOT: Window = { startMs: 1_760_000_400_000, endMs: 1_760_001_000_000 };

/** Numbers at which arithmetic tends to break. */
export const EXTREMES: readonly number[] = [
  0,
  -0,
  Number.MIN_VALUE,
  -Number.MIN_VALUE,
  1e-320,
  -1e-310,
  2 ** -1022,
  Number.EPSILON,
  1,
  -1,
  1e308,
  -1e308,
  1.7e308,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
];

/** Any finite double. */
export const anyDouble = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(...EXTREMES),
);

/** What sensors report: a few decimal places. */
export const sensorValue = fc.integer({ min: -5_000, max: 120_000 }).map((hundredths) => hundredths / 100);

/** Subnormals of both signs; the smallest magnitudes come up often. */
export const subnormal = fc
  .tuple(
    fc.oneof(
      fc.integer({ min: 0, max: 5_000 }),
      fc.maxSafeNat().map((n) => n % 2 ** 51),
    ),
    fc.boolean(),
  )
  .map(([multiple, negative]) => multiple * Number.MIN_VALUE * (negative ? -1 : 1) + 0);

/** Lists of one character each, and mixtures of them. */
export const valueList = fc.oneof(
  fc.array(sensorValue, { minLength: 1, maxLength: 80 }),
  fc.array(anyDouble, { minLength: 1, maxLength: 80 }),
  fc.array(subnormal, { minLength: 1, maxLength: 80 }),
  fc.array(fc.constantFrom(1e308, -1e308, 1.7e308, Number.MAX_VALUE, -Number.MAX_VALUE), {
    minLength: 1,
    maxLength: 80,
  }),
  fc
    .tuple(anyDouble, fc.integer({ min: 1, max: 80 }))
    .map(([value, times]) => Array<number>(times).fill(value + 0)),
  fc
    .tuple(sensorValue, fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 80 }))
    .map(([offset, noise]) => noise.map((n) => 1e9 + offset + n * 1e-6)),
);

/** Names that trip up objects used as maps beside ordinary ones. Few, so that identities collide. */
export const metricName = fc.constantFrom(
  'temperature',
  'humidity',
  '__proto__',
  'constructor',
  'toString',
  '10',
  '9',
);

export function makeReading(overrides: Partial<BlockReading> = {}): BlockReading {
  return {
    timestampMs: SLOT.startMs,
    metrics: { temperature: 21.5 },
    revision: 0,
    receivedAtMs: SLOT.startMs,
    ...overrides,
  };
}

/** Readings that often share instants, metrics, revisions and arrival times, so that every rule of precedence is needed. */
export const reading: fc.Arbitrary<BlockReading> = fc
  .record({
    second: fc.integer({ min: 0, max: 7 }),
    metrics: fc.array(fc.tuple(metricName, fc.oneof(fc.integer({ min: -2, max: 2 }), anyDouble)), {
      maxLength: 4,
    }),
    revision: fc.constantFrom(0, 0, 0, 1, 2),
    delayMs: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ second, metrics, revision, delayMs }) => ({
    timestampMs: SLOT.startMs + second * 1_000,
    metrics: Object.fromEntries(metrics),
    revision,
    receivedAtMs: SLOT.startMs + delayMs,
  }));

export const readings = fc.array(reading, { maxLength: 24 });

/** Values at one-second steps, in order. */
export function timed(values: readonly number[], startMs = SLOT.startMs): TimedValue[] {
  return values.map((value, index) => ({ timestampMs: startMs + index * 1_000, value }));
}

/** Numbers at the borders of how they are packed, and any text. */
const anyAtom = fc.oneof(
  fc.integer({ min: -200, max: 200 }),
  fc.integer({ min: -5_000, max: 5_000 }),
  fc.maxSafeInteger(),
  anyDouble.map((value) => value + 0),
  fc.string({ unit: 'binary' }),
);

/** Atoms, runs of them, and lists of all that. */
export const anyContent = fc.letrec<{ content: Content; list: Content[] }>((tie) => ({
  content: fc.oneof({ maxDepth: 3 }, anyAtom, tie('list')),
  list: fc.oneof(
    fc.array(tie('content'), { maxLength: 4 }),
    fc
      .array(fc.tuple(anyAtom, fc.constantFrom(1, 2, 3, 300)), { maxLength: 4 })
      .map((runs) => runs.flatMap(([atom, times]) => Array.from({ length: times }, () => atom))),
  ),
})).content;
