import {
  joinedSegment,
  parseTraceHeader,
  type CallList,
  type JoinedWork,
  type JoiningFunction,
  type SegmentDocument,
  type TraceContext,
} from '@weir/observability';
import { addTally, emptyTally } from './batch-tally.js';
import type { BatchReport, DeviceReport } from './process-batch.js';
import type { StreamRecord } from './transport.js';

/** A batch whose work is done, and when; times are epoch milliseconds. */
export interface TracedBatch {
  readonly records: readonly StreamRecord[];
  readonly report: BatchReport;
  readonly startMs: number;
  readonly endMs: number;
  /** By device id. */
  readonly calls: ReadonlyMap<string, CallList>;
  /** The invocation's own trace, undefined where it is not traced. */
  readonly own: TraceContext | undefined;
  readonly by: JoiningFunction;
}

export interface JoinedTraces {
  /** One for each trace that is joined. */
  readonly segments: readonly SegmentDocument[];
  /** Traces beyond the bound. */
  readonly omitted: number;
}

type DecodedRecord = StreamRecord & { readonly decoded: true };

/** What a batch carries of one publishing segment: the envelopes of one request. */
interface TracedRequest {
  readonly context: TraceContext;
  readonly records: DecodedRecord[];
}

/** A batch may carry thousands of requests, of which so many are joined. */
const TRACES_MAX = 64;
const SEQUENCE_NUMBERS_SHOWN_MAX = 20;
/** Of all segments of a batch together: a burst of datagrams has to fit into the daemon's socket, or the rest of it is lost. */
const CALLS_SHOWN_MAX = 192;

/** Whether any envelope of the batch comes from a request that is sampled. */
export function hasSampledTrace(records: readonly StreamRecord[]): boolean {
  return records.some(
    (record) => record.decoded && parseTraceHeader(record.envelope.trace)?.sampled === true,
  );
}

/**
 * The segments by which a batch joins the traces of the requests that it carries: one for each sampled request, from the
 * first in the batch on. A segment shows what was done for the request's devices. Where other requests of the batch have
 * readings of the same devices, the counts of points and the calls are those of all of them together, for they are merged
 * and written in one.
 */
export function joinTraces(batch: TracedBatch): JoinedTraces {
  const requests = sampledRequests(batch.records);
  const joined = requests.slice(0, TRACES_MAX);
  const callsMax = Math.floor(CALLS_SHOWN_MAX / Math.max(1, joined.length));
  return {
    segments: joined.map((request) => joinedSegment(workOf(request, batch), batch.by, callsMax)),
    omitted: requests.length - joined.length,
  };
}

function sampledRequests(records: readonly StreamRecord[]): TracedRequest[] {
  const requests = new Map<string, TracedRequest>();
  for (const record of records) {
    if (!record.decoded) continue;
    const context = parseTraceHeader(record.envelope.trace);
    if (context?.sampled !== true) continue;
    const key = `${context.traceId}/${context.parentId ?? ''}`;
    const request = requests.get(key) ?? { context, records: [] };
    requests.set(key, request);
    request.records.push(record);
  }
  return [...requests.values()];
}

function workOf({ context, records }: TracedRequest, batch: TracedBatch): JoinedWork {
  const { report, own, by } = batch;
  const readings = records.flatMap(({ envelope }) => envelope.readings);
  const deviceIds = new Set(readings.map(({ deviceId }) => deviceId));
  const begun = [...deviceIds].flatMap((deviceId) => report.devices.get(deviceId) ?? []);
  const unfinished = new Set(report.unfinished);
  const unfinishedCount = records.filter(({ origin }) => unfinished.has(origin.sequenceNumber)).length;
  const sequenceNumbers = records.map(({ origin }) => origin.sequenceNumber);
  return {
    traceId: context.traceId,
    parentId: context.parentId,
    startMs: Math.min(...begun.map(({ startMs }) => startMs), batch.endMs),
    endMs: begun.length === 0 ? batch.endMs : Math.max(...begun.map(({ endMs }) => endMs)),
    annotations: {
      shard: records[0]?.origin.shardId ?? '',
      first_sequence: sequenceNumbers[0] ?? '',
      last_sequence: sequenceNumbers.at(-1) ?? '',
      envelopes: records.length,
      readings: readings.length,
      devices: deviceIds.size,
      ...pointsOf(begun),
      unfinished: unfinishedCount,
      batch_records: batch.records.length,
      ...(own?.sampled === true ? { batch_trace_id: own.traceId } : {}),
    },
    metadata: {
      batch_request_id: by.requestId,
      ...(own?.sampled === true && own.parentId !== undefined ? { batch_segment_id: own.parentId } : {}),
      request_id: records[0]?.envelope.requestId,
      sequence_numbers: sequenceNumbers.slice(0, SEQUENCE_NUMBERS_SHOWN_MAX),
    },
    calls: [...deviceIds].flatMap((deviceId) => batch.calls.get(deviceId) ?? []),
    failures: unfinishedCount === 0 ? [] : failuresOf(deviceIds, report),
  };
}

function pointsOf(devices: readonly DeviceReport[]): Record<string, number> {
  const total = emptyTally();
  for (const { tally } of devices) addTally(total, tally);
  return {
    points_stored: total.pointsStored,
    duplicates: total.pointsDuplicate,
    points_superseded: total.pointsSuperseded,
    points_quarantined: total.pointsQuarantined,
  };
}

function failuresOf(deviceIds: ReadonlySet<string>, { failures }: BatchReport): JoinedWork['failures'] {
  const own = failures.filter(({ deviceId }) => deviceId !== undefined && deviceIds.has(deviceId));
  if (own.length === 0) return [{ type: 'DeadlineReached', message: 'There was no time left to begin.' }];
  return own.map(({ error }) =>
    error instanceof Error
      ? { type: error.name, message: error.message }
      : { type: 'Error', message: String(error) },
  );
}
