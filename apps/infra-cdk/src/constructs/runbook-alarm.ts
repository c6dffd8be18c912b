import { Alarm, ComparisonOperator, TreatMissingData, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

/** The document with a section for each alarm. */
const runbook = 'docs/runbook.md';

export interface RunbookAlarmProps {
  /** Unique within the account and region. */
  readonly alarmName: string;
  /** What it means, in one sentence. */
  readonly meaning: string;
  /** The section of the runbook: its heading in lower case, with hyphens. */
  readonly section: string;
  readonly metric: IMetric;
  /** The alarm goes off above this value … */
  readonly above: number;
  /** … in so many of the last periods: `[2, 3]` is two of three. */
  readonly periods: readonly [breaching: number, evaluated: number];
}

/**
 * An alarm that tells whoever it wakes where to read on. It is declared beside the resource that it watches.
 * No data is no alarm: a quiet stage is not a broken one.
 */
export class RunbookAlarm extends Alarm {
  constructor(scope: Construct, id: string, props: RunbookAlarmProps) {
    const [breaching, evaluated] = props.periods;
    super(scope, id, {
      alarmName: props.alarmName,
      alarmDescription: `${props.meaning} Runbook: ${runbook}#${props.section}`,
      metric: props.metric,
      threshold: props.above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      datapointsToAlarm: breaching,
      evaluationPeriods: evaluated,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
