import { METRIC, parseTraceHeader, type Observability } from '@weir/observability';
import type { BatchReport } from './process-batch.js';
import type { StreamRecord } from './transport.js';

/** One batch can fail for every device for one reason; the first failures tell it. */
const FAILURES_LOGGED_MAX = 5;
/** As many traces as are joined. */
const TRACES_LOGGED_MAX = 64;

/**
 * Writes a batch's metrics, one line about it, and its first failures. No reading appears in any of them.
 *
 * @param latencyMs from the beginning of the batch to its end
 */
export function reportBatch(
  records: readonly StreamRecord[],
  report: BatchReport,
  latencyMs: number,
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
  metrics.addMetric(METRIC.blocksRemembered, 'Count', tally.blocksRemembered);
  metrics.addMetric(METRIC.blocksLookedUp, 'Count', tally.blocksLookedUp);
  metrics.addMetric(METRIC.batchLatency, 'Milliseconds', latencyMs);
  if (freshnessMs !== undefined) metrics.addMetric(METRIC.freshness, 'Milliseconds', freshnessMs);
  logger.info('A batch was processed.', {
    shard: records[0]?.origin.shardId,
    firstSequence: records[0]?.origin.sequenceNumber,
    lastSequence: records.at(-1)?.origin.sequenceNumber,
    latencyMs,
    ...tally,
    ...meter,
    unfinished: unfinished.length,
    failures: failures.length,
    requestTraces: tracesOf(records),
  });
  for (const { deviceId, error } of failures.slice(0, FAILURES_LOGGED_MAX)) {
    const cause = error instanceof Error ? error : new Error(String(error));
    logger.error('Work was left for the next delivery.', { deviceId, error: cause });
  }
}

/** The sampled traces of the requests in a batch, by which its line is found. */
function tracesOf(records: readonly StreamRecord[]): string[] {
  const traceIds = records.flatMap((record) => {
    const context = record.decoded ? parseTraceHeader(record.envelope.trace) : undefined;
    return context?.sampled === true ? [context.traceId] : [];
  });
  return [...new Set(traceIds)].slice(0, TRACES_LOGGED_MAX);
}
