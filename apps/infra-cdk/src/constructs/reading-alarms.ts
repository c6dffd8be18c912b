import { METRIC } from '@weir/metric-names';
import { Construct } from 'constructs';
import { weirMetric } from '../metrics/metric.js';
import { quarantinedPercent } from '../metrics/resource-metrics.js';
import type { ResourceNames } from '../resource-names.js';
import type { StageConfig } from '../stage-config.js';
import { RunbookAlarm } from './runbook-alarm.js';

export interface ReadingAlarmsProps {
  readonly names: ResourceNames;
  readonly config: StageConfig;
}

/** What the functions say about the readings themselves: that none come, or that too many of them cannot be stored. */
export class ReadingAlarms extends Construct {
  constructor(scope: Construct, id: string, { names, config }: ReadingAlarmsProps) {
    super(scope, id);
    const { stage } = config;
    const { silenceMinutes } = config.monitoring;
    if (silenceMinutes !== 'none') {
      const periods = silenceMinutes / 5;
      new RunbookAlarm(this, 'Silence', {
        names,
        slug: 'silence',
        meaning: `No reading was accepted for ${silenceMinutes} minutes.`,
        section: 'silence',
        metric: weirMetric(stage, 'ingest-fn', METRIC.readingsAccepted, { statistic: 'Sum', minutes: 5 }),
        when: { below: 1 },
        periods: [periods, periods],
        noData: 'alarm',
      });
    }
    new RunbookAlarm(this, 'QuarantineGrowth', {
      names,
      slug: 'quarantine-growth',
      meaning: 'More than 1 % of the points go to the quarantine.',
      section: 'quarantine-growth',
      metric: quarantinedPercent(stage, 5),
      when: { above: 1 },
      periods: [2, 3],
    });
    new RunbookAlarm(this, 'UndecodableRecords', {
      names,
      slug: 'undecodable-records',
      meaning: 'Records of the stream are no envelopes and went to the quarantine.',
      section: 'undecodable-records',
      metric: weirMetric(stage, 'process-fn', METRIC.recordsQuarantined, { statistic: 'Sum', minutes: 5 }),
      when: { above: 0 },
      periods: [1, 1],
    });
  }
}
