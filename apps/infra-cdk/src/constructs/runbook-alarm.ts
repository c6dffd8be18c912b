import { Arn, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  TreatMissingData,
  type AlarmBase,
  type IAlarm,
  type IAlarmAction,
  type IMetric,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { ResourceNames } from '../resource-names.js';

/** The document with a section for each alarm. */
const runbook = 'docs/runbook.md';

interface AlarmText {
  readonly names: ResourceNames;
  /** The alarm's name, after the prefix of the stage. */
  readonly slug: string;
  /** What it means, in one sentence. */
  readonly meaning: string;
  /** The section of the runbook: its heading in lower case, with hyphens. */
  readonly section: string;
}

export interface AlarmCondition {
  readonly metric: IMetric;
  /** The alarm goes off when the metric is above or below this value … */
  readonly when: { readonly above: number } | { readonly below: number };
  /** … in so many of the last periods: `[2, 3]` is two of three. */
  readonly periods: readonly [breaching: number, evaluated: number];
  /** What a period without data means. Unless said otherwise it is no alarm: a quiet stage is not a broken one. */
  readonly noData?: 'calm' | 'alarm';
}

export type RunbookAlarmProps = AlarmText & AlarmCondition;

/**
 * An alarm that tells whoever it wakes where to read on, when it goes off and when it is over. It is declared beside the
 * resource that it watches.
 */
export class RunbookAlarm extends Alarm {
  constructor(scope: Construct, id: string, props: RunbookAlarmProps) {
    super(scope, id, { ...conditionProps(props), ...textProps(props) });
    notify(this, props.names);
  }
}

export type RunbookAllAlarmProps = AlarmText & {
  readonly all: Readonly<Record<string, AlarmCondition>>;
};

/**
 * An alarm that goes off while all of its conditions hold. Each condition is an alarm too, which tells nobody: its name is
 * the alarm's, followed by its key.
 */
export class RunbookAllAlarm extends CompositeAlarm {
  constructor(scope: Construct, id: string, props: RunbookAllAlarmProps) {
    const conditions: IAlarm[] = Object.entries(props.all).map(
      ([key, condition]) =>
        new Alarm(scope, `${id}${key}`, {
          ...conditionProps(condition),
          alarmName: `${props.names.prefix}-${props.slug}-${key.toLowerCase()}`,
          alarmDescription: `A condition of ${props.names.prefix}-${props.slug}.`,
        }),
    );
    const { alarmName, alarmDescription } = textProps(props);
    super(scope, id, {
      compositeAlarmName: alarmName,
      alarmDescription,
      alarmRule: AlarmRule.allOf(...conditions.map((alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM))),
    });
    notify(this, props.names);
  }
}

function textProps({ names, slug, meaning, section }: AlarmText) {
  return {
    alarmName: `${names.prefix}-${slug}`,
    alarmDescription: `${meaning} Runbook: ${runbook}#${section}`,
  };
}

function conditionProps({ metric, when, periods, noData = 'calm' }: AlarmCondition) {
  const [breaching, evaluated] = periods;
  const above = 'above' in when;
  return {
    metric,
    threshold: above ? when.above : when.below,
    comparisonOperator: above
      ? ComparisonOperator.GREATER_THAN_THRESHOLD
      : ComparisonOperator.LESS_THAN_THRESHOLD,
    datapointsToAlarm: breaching,
    evaluationPeriods: evaluated,
    treatMissingData: noData === 'alarm' ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  };
}

/** The topic is found by its name, as all that the stacks share. */
function notify(alarm: AlarmBase, { alarmTopic }: ResourceNames): void {
  const action: IAlarmAction = {
    bind: () => ({
      alarmActionArn: Arn.format({ service: 'sns', resource: alarmTopic }, Stack.of(alarm)),
    }),
  };
  alarm.addAlarmAction(action);
  alarm.addOkAction(action);
}
