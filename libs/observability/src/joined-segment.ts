import type { CallList, RecordedCall } from './call-journal.js';
import { fitSegment, type SegmentDocument, type SubsegmentDocument } from './segment-document.js';
import { newSegmentId } from './trace-header.js';

/** The function that took part in a trace, as its own segment names it. */
export interface JoiningFunction {
  readonly name: string;
  readonly arn: string;
  readonly version: string;
  /** Of the invocation. */
  readonly requestId: string;
}

/** What an invocation did for a trace that is not its own. */
export interface JoinedWork {
  readonly traceId: string;
  /** The segment in that trace which handed the work on; undefined where it did not name itself. */
  readonly parentId: string | undefined;
  /** Epoch milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
  readonly annotations: Readonly<Record<string, string | number | boolean>>;
  /** Kept under `weir`, not searchable. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly calls: readonly CallList[];
  /** Why some of it was not done; empty when all of it was. */
  readonly failures: readonly { readonly type: string; readonly message: string }[];
}

const FAILURES_MAX = 5;
const TEXT_LENGTH_MAX = 500;

/**
 * The segment by which an invocation that works for many traces joins one of them: X-Ray itself loses a trace where records
 * wait in a stream. It stands beside the invocation's own segment, in another trace, so it has an id of its own, and so have
 * the calls, of which one may appear in several traces. Never larger than X-Ray takes.
 *
 * @param callsMax how many calls are shown, the first ones; the others are counted
 */
export function joinedSegment(work: JoinedWork, by: JoiningFunction, callsMax: number): SegmentDocument {
  const calls = work.calls.flatMap((list) => list.calls).sort((a, b) => a.startMs - b.startMs);
  const omitted = work.calls.reduce((sum, list) => sum + list.omitted, 0);
  const shown = calls.slice(0, callsMax);
  const document: SegmentDocument = {
    name: by.name,
    id: newSegmentId(),
    trace_id: work.traceId,
    ...(work.parentId === undefined ? {} : { parent_id: work.parentId }),
    start_time: work.startMs / 1000,
    end_time: Math.max(work.endMs, ...shown.map(({ endMs }) => endMs)) / 1000,
    origin: 'AWS::Lambda::Function',
    resource_arn: by.arn,
    service: { version: by.version },
    aws: { function_arn: by.arn, request_id: by.requestId, resource_names: [by.name] },
    annotations: work.annotations,
    metadata: { weir: work.metadata },
    ...(work.failures.length === 0 ? {} : { fault: true, cause: { exceptions: exceptionsOf(work) } }),
    subsegments: shown.map(subsegmentOf),
  };
  return fitSegment(document, omitted + calls.length - shown.length);
}

function exceptionsOf({ failures }: JoinedWork) {
  return failures.slice(0, FAILURES_MAX).map(({ type, message }) => ({
    id: newSegmentId(),
    type: type.slice(0, TEXT_LENGTH_MAX),
    message: message.slice(0, TEXT_LENGTH_MAX),
  }));
}

function subsegmentOf(call: RecordedCall): SubsegmentDocument {
  const { service, operation, region, tableName, requestId, status, retries, errorName } = call;
  return {
    name: service,
    id: newSegmentId(),
    start_time: call.startMs / 1000,
    end_time: call.endMs / 1000,
    namespace: 'aws',
    aws: {
      operation,
      ...(region === undefined ? {} : { region }),
      ...(tableName === undefined ? {} : { table_name: tableName }),
      ...(requestId === undefined ? {} : { request_id: requestId }),
      retries,
    },
    ...(status === undefined ? {} : { http: { response: { status } } }),
    ...(errorName === undefined ? {} : flagsOf(status, errorName)),
  };
}

/** A lost connection is the service's fault, as is a 5xx; a 4xx is the caller's error. */
function flagsOf(
  status: number | undefined,
  errorName: string,
): Pick<SubsegmentDocument, 'error' | 'fault' | 'throttle'> {
  if (status === undefined || status >= 500) return { fault: true };
  return {
    error: true,
    ...(status === 429 || /Thrott|Throughput/.test(errorName) ? { throttle: true } : {}),
  };
}
