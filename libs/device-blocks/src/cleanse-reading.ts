import { emptyMetrics } from '@weir/aggregation';
import type { DeviceEntry, MetricDefinition } from '@weir/dynamo-repo';
import type { EnvelopeReading } from '@weir/telemetry-schema';

/** Why a metric of a reading cannot be stored. */
export interface RejectedMetric {
  readonly metric: string;
  readonly reason: 'out_of_range' | 'not_finite';
  /** Names the metric, the converted value and what it violates. */
  readonly detail: string;
}

/** A reading, metric by metric: what can be stored, converted, and what cannot. */
export interface CleansedReading {
  /** Converted values; the very metrics of the reading where nothing is registered. Only own properties count. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly rejected: readonly RejectedMetric[];
}

/**
 * Converts and checks a reading: `value · scale + offset` must be finite and lie in `[min, max]`, both ends included.
 *
 * What applies to it is a function of the reading alone: the entry with the latest `effectiveFromMs` that is not after the
 * reading's own timestamp. Without one, or with one that stands for a deletion, values are taken as they are. A metric that
 * is not registered is not converted.
 *
 * @param entries the device's registry entries, oldest first
 */
export function cleanseReading(reading: EnvelopeReading, entries: readonly DeviceEntry[]): CleansedReading {
  const entry = entries.findLast(({ effectiveFromMs }) => effectiveFromMs <= reading.timestamp);
  const definitions = entry?.deleted === true ? undefined : entry?.metrics;
  if (definitions === undefined) return { metrics: reading.metrics, rejected: [] };
  const metrics = emptyMetrics();
  const rejected: RejectedMetric[] = [];
  for (const [metric, raw] of Object.entries(reading.metrics)) {
    const definition = Object.hasOwn(definitions, metric) ? definitions[metric] : undefined;
    const value = raw * (definition?.scale ?? 1) + (definition?.offset ?? 0);
    const rejection = checkValue(metric, value, definition);
    if (rejection) rejected.push(rejection);
    else metrics[metric] = value;
  }
  return { metrics, rejected };
}

function checkValue(
  metric: string,
  value: number,
  definition?: MetricDefinition,
): RejectedMetric | undefined {
  if (!Number.isFinite(value)) {
    return { metric, reason: 'not_finite', detail: `${metric}: ${value} after conversion is not finite` };
  }
  const { min = -Infinity, max = Infinity } = definition ?? {};
  if (value < min || value > max) {
    return { metric, reason: 'out_of_range', detail: `${metric}: ${value} is outside [${min}, ${max}]` };
  }
  return undefined;
}
