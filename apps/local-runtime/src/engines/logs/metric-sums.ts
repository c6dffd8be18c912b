import type { MetricSample } from './embedded-metrics.js';

/** What a metric came to since the runtime started. */
export interface MetricSum {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** Series beyond this number are counted, not kept: a dimension with unbounded values must not fill the memory. */
const seriesMax = 10_000;

/** Sums of metrics by namespace, name and dimensions. */
export class MetricSums {
  private readonly series = new Map<string, MetricSum>();
  private refused = 0;

  add(sample: MetricSample): void {
    const dimensions = Object.entries(sample.dimensions).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    const key = JSON.stringify([sample.namespace, sample.name, dimensions]);
    const known = this.series.get(key);
    if (known === undefined && this.series.size >= seriesMax) {
      this.refused += 1;
      return;
    }
    const { namespace, name, unit, values } = sample;
    this.series.set(key, {
      namespace,
      name,
      unit,
      dimensions: Object.fromEntries(dimensions),
      count: (known?.count ?? 0) + values.length,
      sum: values.reduce((total, value) => total + value, known?.sum ?? 0),
      min: Math.min(known?.min ?? Number.POSITIVE_INFINITY, ...values),
      max: Math.max(known?.max ?? Number.NEGATIVE_INFINITY, ...values),
    });
  }

  /** All sums, by namespace and name. */
  list(): MetricSum[] {
    return [...this.series.entries()].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, sum]) => sum);
  }

  /** Samples that were left out because there were too many series. */
  refusedSamples(): number {
    return this.refused;
  }
}

/**
 * The sums in the Prometheus text format: `<namespace>_<name>_sum` and `_count`, with the dimensions as labels.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function prometheusText(sums: readonly MetricSum[]): string {
  const families = new Map<string, string[]>();
  for (const sum of sums) {
    const base = `${sum.namespace}_${sum.name}`.replace(/[^A-Za-z0-9_:]/g, '_').replace(/^(?=\d)/, '_');
    const labels = Object.entries(sum.dimensions)
      .map(
        ([name, value]) =>
          `${name.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_')}="${escapeLabel(value)}"`,
      )
      .join(',');
    const suffix = labels === '' ? '' : `{${labels}}`;
    const lines = families.get(base) ?? [];
    lines.push(`${base}_sum${suffix} ${sum.sum}`, `${base}_count${suffix} ${sum.count}`);
    families.set(base, lines);
  }
  return [...families].map(([base, lines]) => `# TYPE ${base} summary\n${lines.join('\n')}\n`).join('');
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
