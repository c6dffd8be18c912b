import { BUILT_IN_PROFILE } from './fleet-choice.js';
import { readProfile } from './profile-file.js';
import { signalValue } from './signal.js';

const BOILER_METRICS = readProfile(BUILT_IN_PROFILE).models['WB-200'] ?? [];

const START_MS = Date.UTC(2026, 10, 1);
const DAY_MINUTES = 1440;

function dayOf(metricIndex: number, seed = 1, deviceId = 'boiler-1'): number[] {
  const metric = BOILER_METRICS[metricIndex];
  if (metric === undefined) throw new Error(`There is no metric ${metricIndex}`);
  return Array.from({ length: DAY_MINUTES }, (_, minute) =>
    signalValue(metric, { seed, deviceId, timestampMs: START_MS + minute * 60_000 }),
  );
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('signalValue', () => {
  it('gives the identical value to whoever asks again', () => {
    expect(dayOf(0)).toEqual(dayOf(0));
    expect(dayOf(0).slice(0, 5)).toEqual([70.06, 70.09, 70.31, 70.29, 70.06]);
  });

  it('gives every device, metric and seed its own course', () => {
    const courses = [dayOf(0), dayOf(0, 2), dayOf(0, 1, 'boiler-2')].map((values) => values.join());
    expect(new Set(courses).size).toBe(3);
  });

  it.each([0, 1, 2])(
    'stays around its level, warmer in the afternoon, in small steps (metric %i)',
    (index) => {
      const metric = BOILER_METRICS[index];
      if (metric === undefined) throw new Error('There is no such metric');
      const values = dayOf(index);

      const within = metric.dailySwing + 5 * metric.noise + 5 * metric.deviceSpread;
      for (const value of values) expect(Math.abs(value - metric.level)).toBeLessThan(within);
      expect(mean(values.slice(13 * 60, 17 * 60))).toBeGreaterThan(mean(values.slice(60, 5 * 60)));
      const steps = values.slice(1).map((value, minute) => Math.abs(value - (values[minute] ?? value)));
      expect(mean(steps)).toBeGreaterThan(0);
      expect(mean(steps)).toBeLessThan(metric.noise);
    },
  );

  it('has no more decimals than it should', () => {
    for (const value of dayOf(0)) expect(Number(value.toFixed(2))).toBe(value);
  });
});
