import { Construct } from 'constructs';
import { latePercent } from '../metrics/resource-metrics.js';
import type { ResourceNames } from '../resource-names.js';
import type { StageConfig } from '../stage-config.js';
import { RunbookAllAlarm } from './runbook-alarm.js';

export interface FreshnessObjectiveProps {
  readonly names: ResourceNames;
  readonly config: StageConfig;
}

/**
 * How fast the error budget of 30 days may burn, over a long window that makes it matter and a short one that shows it goes on:
 * 14.4 times spends 2 % of it in an hour, 6 times spends 5 % of it in six hours.
 * https://sre.google/workbook/alerting-on-slos/
 */
const burnRates = [
  { id: 'FastBurn', slug: 'freshness-fast-burn', factor: 14.4, longMinutes: 60, shortMinutes: 5 },
  { id: 'SlowBurn', slug: 'freshness-slow-burn', factor: 6, longMinutes: 360, shortMinutes: 30 },
] as const;

/** The promise to consumers: so many of a thousand batches are queryable within the target. */
export class FreshnessObjective extends Construct {
  constructor(scope: Construct, id: string, props: FreshnessObjectiveProps) {
    super(scope, id);
    const { stage, monitoring } = props.config;
    const { targetSeconds, objectivePermille } = monitoring.freshness;
    const budgetPercent = (1_000 - objectivePermille) / 10;
    for (const { id: alarmId, slug, factor, longMinutes, shortMinutes } of burnRates) {
      const burning = (minutes: number) => ({
        metric: latePercent(stage, targetSeconds, minutes),
        // Without the rounding a threshold could read 14.399999999999999.
        when: { above: Number((factor * budgetPercent).toFixed(2)) },
        periods: [1, 1] as const,
      });
      new RunbookAllAlarm(this, alarmId, {
        names: props.names,
        slug,
        meaning: `Readings become queryable too late: the error budget burns ${factor} times as fast as it may.`,
        section: 'freshness-objective',
        all: { Long: burning(longMinutes), Short: burning(shortMinutes) },
      });
    }
  }
}
