import type { CallJournal, JoiningFunction, Observability, SegmentSender } from '@weir/observability';
import { hasSampledTrace, joinTraces, type JoinedTraces } from './join-traces.js';
import type { BatchReport } from './process-batch.js';
import type { StreamRecord } from './transport.js';

/** What a batch is traced with. */
export interface BatchTracing {
  readonly journal: CallJournal;
  readonly sender: SegmentSender;
  readonly clock: () => number;
}

/**
 * Processes a batch, and then shows in the traces of its requests, and in the invocation's own, what was done for them.
 * Whatever happens to that, the report is what `process` came to.
 */
export async function traceBatch(
  records: readonly StreamRecord[],
  by: JoiningFunction,
  { tracing, logger }: Observability,
  { journal, sender, clock }: BatchTracing,
  process: () => Promise<BatchReport>,
): Promise<BatchReport> {
  const own = tracing.context();
  if (own === undefined || !hasSampledTrace(records)) return process();
  const startMs = clock();
  journal.open();
  let report: BatchReport;
  try {
    report = await process();
  } catch (error) {
    journal.close();
    throw error;
  }
  try {
    const calls = journal.close();
    const joined = joinTraces({ records, report, startMs, endMs: clock(), calls, own, by });
    describeBatch(records, report, joined, tracing);
    await sender.send(joined.segments);
  } catch (error) {
    logger.warn('The traces of a batch are incomplete.', error as Error);
  }
  return report;
}

/** The other direction: from the invocation's own trace to those that it joins. */
function describeBatch(
  records: readonly StreamRecord[],
  { tally, devices, unfinished }: BatchReport,
  { segments, omitted }: JoinedTraces,
  tracing: Observability['tracing'],
): void {
  const [only, ...others] = segments;
  tracing.annotate({
    shard: records[0]?.origin.shardId ?? '',
    first_sequence: records[0]?.origin.sequenceNumber ?? '',
    last_sequence: records.at(-1)?.origin.sequenceNumber ?? '',
    records: records.length,
    readings: tally.readings,
    devices: devices.size,
    duplicates: tally.pointsDuplicate,
    unfinished: unfinished.length,
    joined_traces: segments.length,
    ...(only !== undefined && others.length === 0 ? { request_trace_id: only.trace_id } : {}),
  });
  const joined = segments.map(({ trace_id, id }) => ({ trace_id, segment_id: id }));
  tracing.describe('joined', joined);
  if (omitted > 0) tracing.describe('not_joined', omitted);
}
