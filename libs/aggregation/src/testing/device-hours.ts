import type { Statistics } from '../summary.js';
import { exactQuantile, exactSampleDeviation } from './exact.js';

const MAX = Number.MAX_VALUE;
const MINUTES = 60;

/** The values that one device reports in an hour, one a minute from its start. */
export interface DeviceHour {
  readonly name: string;
  readonly values: readonly number[];
}

const everyMinute = (value: (minute: number) => number): number[] =>
  Array.from({ length: MINUTES }, (_, minute) => value(minute));

/** Hours at which statistics tend to break. */
export const DEVICE_HOURS: readonly DeviceHour[] = [
  { name: 'negative values', values: everyMinute((m) => -20 - ((m * 37) % 60) / 4) },
  { name: 'values on both sides of zero', values: everyMinute((m) => (((m * 31) % 60) - 30) / 8) },
  { name: 'zeros of both signs', values: everyMinute((m) => (m % 2 === 0 ? 0 : -0)) },
  { name: 'one value', values: [-273.15] },
  { name: 'equal values', values: everyMinute(() => 0.1) },
  { name: 'equal values but for the last digit', values: everyMinute((m) => 1e9 + (m % 3) * 2 ** -23) },
  { name: '1e308', values: everyMinute(() => 1e308) },
  { name: '-1e308', values: everyMinute(() => -1e308) },
  { name: '1e308 and -1e308', values: everyMinute((m) => (m % 2 === 0 ? 1e308 : -1e308)) },
  { name: 'the greatest doubles', values: everyMinute((m) => (m < 45 ? MAX : -MAX)) },
  { name: 'the smallest subnormal', values: everyMinute(() => Number.MIN_VALUE) },
  { name: 'subnormals of both signs', values: everyMinute((m) => (((m * 29) % 60) - 30) * 1e-320) },
  {
    name: 'everything at once',
    values: everyMinute((m) => [0, 1e308, -1e308, Number.MIN_VALUE, -1e-310, 21.5, -3.25][m % 7] ?? 0),
  },
];

/**
 * What is wrong with statistics of `values`, held against exact arithmetic: count and extremes must be exact, the sample
 * standard deviation right to 1e-12 and four units of the greatest value's last digits, quantiles within 2 %.
 */
export function statisticsErrors(actual: Statistics, values: readonly number[]): string[] {
  const errors: string[] = [];
  const exact = { count: values.length, min: Math.min(...values) + 0, max: Math.max(...values) + 0 };
  for (const [name, expected] of Object.entries(exact)) {
    const shown = actual[name as keyof typeof exact];
    if (!Object.is(shown, expected)) errors.push(`${name} is ${shown}, not ${expected}`);
  }
  const peak = Math.max(...values.map(Math.abs));
  const deviation = Math.min(MAX, exactSampleDeviation(values));
  // Halves, so that neither the difference nor what is allowed of it can overflow.
  const allowed = (deviation / 2) * 1e-12 + (peak / 2) * 4e-15 + 8 * Number.MIN_VALUE;
  if (!(Math.abs(actual.stddev / 2 - deviation / 2) <= allowed)) {
    errors.push(`stddev is ${actual.stddev}, not ${deviation}`);
  }
  for (const [name, q] of [['p50', 0.5] as const, ['p95', 0.95] as const, ['p99', 0.99] as const]) {
    const wanted = exactQuantile(values, q);
    if (!(Math.abs(actual[name] / 2 - wanted / 2) <= 0.02 * Math.abs(wanted / 2))) {
      errors.push(`${name} is ${actual[name]}, not within 2 % of ${wanted}`);
    }
  }
  return errors;
}
