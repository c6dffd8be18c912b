import { METRIC_NAMESPACE } from '@weir/metric-names';
import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Stage } from '../stage-config.js';
import type { awsMetrics, functionMetrics } from './published-metrics.js';

/** How a metric is read. */
export interface Reading {
  /** As CloudWatch names statistics: `Sum`, `p99`, `TC(30000:)`. */
  readonly statistic: string;
  readonly minutes: number;
  readonly label?: string;
}

type Words<Text extends string> = Text extends `${infer Word} ${infer Rest}` ? Word | Words<Rest> : Text;

type AwsMetrics = typeof awsMetrics;
type Names<List> = List extends readonly (infer Name)[] ? Name & string : never;

/**
 * A metric that AWS publishes. What is not in the table of such metrics does not compile.
 *
 * @param by the names of the dimensions, as the table has them
 */
export function awsMetric<
  Namespace extends keyof AwsMetrics & string,
  By extends keyof AwsMetrics[Namespace] & string,
>(
  namespace: Namespace,
  by: By,
  dimensions: Readonly<Record<Words<By>, string>>,
  name: Names<AwsMetrics[Namespace][By]>,
  reading: Reading,
): Metric {
  const values = dimensions as Readonly<Record<string, string>>;
  const dimensionsMap = Object.fromEntries(by.split(' ').map((word) => [word, values[word] as string]));
  return new Metric({ namespace, metricName: name, dimensionsMap, ...readAs(reading) });
}

type FunctionMetrics = typeof functionMetrics;

/** A metric that one of the functions emits. What it does not emit does not compile. */
export function weirMetric<Service extends keyof FunctionMetrics>(
  stage: Stage,
  service: Service,
  name: Names<FunctionMetrics[Service]>,
  reading: Reading,
): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName: name,
    dimensionsMap: { service, stage },
    ...readAs(reading),
  });
}

/**
 * The sum of metrics, in which one that has no data counts as nothing.
 *
 * @param id what its terms are called, with a number; two sums of one graph need different ones
 */
export function sumOf(id: string, metrics: readonly Metric[], label: string): MathExpression {
  const named = Object.fromEntries(metrics.map((metric, index) => [`${id}${index + 1}`, metric]));
  return new MathExpression({
    expression: Object.keys(named)
      .map((name) => `FILL(${name}, 0)`)
      .join(' + '),
    label,
    usingMetrics: named,
    period: periodOf(metrics),
  });
}

function readAs({ statistic, minutes, label }: Reading): object {
  return { statistic, period: Duration.minutes(minutes), ...(label !== undefined && { label }) };
}

function periodOf(metrics: readonly Metric[]): Duration {
  const [first] = metrics;
  if (first === undefined) throw new RangeError('a sum needs a metric');
  return first.period;
}
