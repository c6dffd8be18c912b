import type { Template } from 'aws-cdk-lib/assertions';
import { resourcesOf, textOf } from './stage-fixture.js';

/** One series that an alarm or a dashboard reads. */
export interface MetricRead {
  readonly reader: string;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

interface AlarmMetric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
}

function alarmReads(template: Template): MetricRead[] {
  return resourcesOf(template, 'AWS::CloudWatch::Alarm').flatMap(([, { Properties }]) => {
    const queries = (Properties['Metrics'] ?? []) as { MetricStat?: { Metric: AlarmMetric } }[];
    const metrics =
      'MetricName' in Properties
        ? [Properties as unknown as AlarmMetric]
        : queries.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat.Metric]));
    return metrics.map(({ Namespace, MetricName, Dimensions = [] }) => ({
      reader: String(Properties['AlarmName']),
      namespace: Namespace,
      name: MetricName,
      dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, textOf(Value)])),
    }));
  });
}

/** A widget of a dashboard: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
export interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly metrics?: readonly (readonly unknown[])[];
  };
}

export function widgetsOf(template: Template): Widget[] {
  return resourcesOf(template, 'AWS::CloudWatch::Dashboard').flatMap(
    ([, { Properties }]) =>
      (JSON.parse(textOf(Properties['DashboardBody'])) as { widgets: Widget[] }).widgets,
  );
}

function dashboardReads(template: Template): MetricRead[] {
  return widgetsOf(template).flatMap(({ properties }) =>
    (properties.metrics ?? []).flatMap((line) => {
      const words = line.filter((word): word is string => typeof word === 'string');
      const [namespace, name, ...dimensions] = words;
      // A line without them is an expression over other lines.
      if (namespace === undefined || name === undefined) return [];
      const pairs = dimensions.flatMap((word, index) =>
        index % 2 === 0 ? [[word, dimensions[index + 1] ?? ''] as const] : [],
      );
      return [
        { reader: `dashboard: ${properties.title}`, namespace, name, dimensions: Object.fromEntries(pairs) },
      ];
    }),
  );
}

/** All that the alarms and the dashboards of a template read. */
export function metricReads(template: Template): MetricRead[] {
  return [...alarmReads(template), ...dashboardReads(template)];
}
