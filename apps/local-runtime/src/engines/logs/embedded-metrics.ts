/** One value set of one metric, from one log line. */
export interface MetricSample {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

/** CloudWatch takes no more values of a metric in one line, and no more dimensions of a set. */
const valuesMax = 100;
const dimensionsMax = 30;

/**
 * The metrics in a log line of the embedded metric format; none when the line is something else. A metric counts once
 * for each of its dimension sets. A part of the document that does not follow the specification is left out, as
 * CloudWatch does.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function parseEmbeddedMetrics(line: string): MetricSample[] {
  if (!line.includes('"CloudWatchMetrics"')) return [];
  let document: unknown;
  try {
    document = JSON.parse(line);
  } catch {
    return [];
  }
  if (!isRecord(document) || !isRecord(document._aws) || !Array.isArray(document._aws.CloudWatchMetrics))
    return [];
  const root = document;
  return document._aws.CloudWatchMetrics.flatMap((directive: unknown) => samplesOf(directive, root));
}

function samplesOf(directive: unknown, root: Record<string, unknown>): MetricSample[] {
  if (!isRecord(directive) || typeof directive.Namespace !== 'string' || !Array.isArray(directive.Metrics))
    return [];
  const namespace = directive.Namespace;
  const dimensionSets = Array.isArray(directive.Dimensions) ? directive.Dimensions : [[]];
  const metrics: unknown[] = directive.Metrics;
  return dimensionSets.flatMap((names: unknown) => {
    const dimensions = dimensionsOf(names, root);
    if (dimensions === undefined) return [];
    return metrics.flatMap((metric) => {
      if (!isRecord(metric) || typeof metric.Name !== 'string') return [];
      const values = valuesOf(root[metric.Name]);
      const unit = typeof metric.Unit === 'string' ? metric.Unit : 'None';
      return values.length === 0 ? [] : [{ namespace, name: metric.Name, unit, dimensions, values }];
    });
  });
}

function dimensionsOf(names: unknown, root: Record<string, unknown>): Record<string, string> | undefined {
  if (!Array.isArray(names) || names.length > dimensionsMax) return undefined;
  const dimensions: Record<string, string> = {};
  for (const name of names) {
    if (typeof name !== 'string') return undefined;
    const value = root[name];
    if (typeof value !== 'string') return undefined;
    dimensions[name] = value;
  }
  return dimensions;
}

function valuesOf(value: unknown): number[] {
  const values: unknown[] = Array.isArray(value) ? value.slice(0, valuesMax) : [value];
  return values.filter((candidate): candidate is number => Number.isFinite(candidate));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
