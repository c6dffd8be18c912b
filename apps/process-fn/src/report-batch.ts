import { METRIC, type Observability } from '@weir/observability';
import type { BatchReport } from './process-batch.js';

/** One batch can fail for every device for one reason; the first failures tell it. */
const FAILURES_LOGGED_MAX = 5;

/** Writes a batch's metrics, one line about it, and its first failures. No reading appears in any of them. */
export function reportBatch(
  report: BatchReport,
  { metrics, logger }: Pick<Observability, 'metrics' | 'logger'>,
): void {
  const { tally, meter, unfinished, failures } = report;
  const { freshnessMs } = tally;
  metrics.addMetric(METRIC.pointsStored, 'Count', tally.pointsStored);
  metrics.addMetric(METRIC.pointsDuplicate, 'Count', tally.pointsDuplicate);
  metrics.addMetric(METRIC.pointsSuperseded, 'Count', tally.pointsSuperseded);
  metrics.addMetric(METRIC.pointsQuarantined, 'Count', tally.pointsQuarantined);
  metrics.addMetric(METRIC.recordsQuarantined, 'Count', tally.recordsQuarantined);
  metrics.addMetric(METRIC.recordsUnfinished, 'Count', unfinished.length);
  metrics.addMetric(METRIC.writeUnits, 'Count', meter.writeUnits);
  metrics.addMetric(METRIC.readUnits, 'Count', meter.readUnits);
  metrics.addMetric(METRIC.writeConflicts, 'Count', meter.conflicts);
  metrics.addMetric(METRIC.storeRetries, 'Count', meter.retries);
  if (freshnessMs !== undefined) metrics.addMetric(METRIC.freshness, 'Milliseconds', freshnessMs);
  logger.info('A batch was processed.', {
    ...tally,
    ...meter,
    unfinished: unfinished.length,
    failures: failures.length,
  });
  for (const { deviceId, error } of failures.slice(0, FAILURES_LOGGED_MAX)) {
    const cause = error instanceof Error ? error : new Error(String(error));
    logger.error('Work was left for the next delivery.', { deviceId, error: cause });
  }
}
