/**
 * What X-Ray takes as the record of one piece of work. Times are seconds since the epoch.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
 */
export interface SegmentDocument {
  readonly name: string;
  readonly id: string;
  readonly trace_id: string;
  readonly parent_id?: string;
  readonly start_time: number;
  readonly end_time: number;
  readonly origin?: string;
  readonly resource_arn?: string;
  readonly service?: { readonly version: string };
  readonly aws?: Readonly<Record<string, unknown>>;
  /** Indexed for search: keys of letters, digits and underscores. */
  readonly annotations?: Readonly<Record<string, string | number | boolean>>;
  readonly metadata?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly fault?: boolean;
  readonly cause?: { readonly exceptions: readonly SegmentException[] };
  readonly subsegments?: readonly SubsegmentDocument[];
}

export interface SegmentException {
  readonly id: string;
  readonly type: string;
  readonly message: string;
}

/** A call to another service, inside the segment that made it. */
export interface SubsegmentDocument {
  readonly name: string;
  readonly id: string;
  readonly start_time: number;
  readonly end_time: number;
  readonly namespace: 'aws';
  readonly aws: Readonly<Record<string, unknown>>;
  readonly http?: { readonly response: { readonly status: number } };
  readonly error?: boolean;
  readonly fault?: boolean;
  readonly throttle?: boolean;
}

/** What X-Ray takes of one document, in bytes of its JSON. */
export const SEGMENT_BYTES_MAX = 64 * 1024;

/**
 * The document with as many of its subsegments, from the first on, as X-Ray's limit leaves room for. What is left out is
 * counted in `metadata.weir.calls_omitted`, together with `callsOmitted` that were never in it.
 */
export function fitSegment(document: SegmentDocument, callsOmitted = 0): SegmentDocument {
  const all = document.subsegments ?? [];
  for (let kept = all.length; ; kept = Math.floor(kept / 2)) {
    const omitted = callsOmitted + all.length - kept;
    const fitted = omitted === 0 ? document : withCalls(document, all.slice(0, kept), omitted);
    if (kept === 0 || Buffer.byteLength(JSON.stringify(fitted)) <= SEGMENT_BYTES_MAX) return fitted;
  }
}

function withCalls(
  document: SegmentDocument,
  subsegments: readonly SubsegmentDocument[],
  omitted: number,
): SegmentDocument {
  const { weir, ...others } = document.metadata ?? {};
  return { ...document, subsegments, metadata: { ...others, weir: { ...weir, calls_omitted: omitted } } };
}
