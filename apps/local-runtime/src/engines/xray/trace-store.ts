/**
 * A segment document, or a subsegment sent on its own.
 * https://docs.aws.amazon.com/xray/latest/devguide/aws-xray-interface-api.html#xray-api-segmentdocuments
 */
export interface SegmentDocument {
  readonly id: string;
  readonly trace_id: string;
  readonly name?: string;
  readonly parent_id?: string;
  /** Seconds since the epoch. */
  readonly start_time?: number;
  readonly end_time?: number;
  readonly [member: string]: unknown;
}

export interface TraceSummary {
  readonly id: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly segments: number;
  /** Names of the segments that have no parent in the trace. */
  readonly roots: readonly string[];
  readonly hasError: boolean;
}

const tracesMax = 1_000;
const segmentsPerTraceMax = 1_000;

/** Keeps the newest traces, each with its segments; the trace that was touched longest ago makes room. */
export class TraceStore {
  private readonly traces = new Map<string, Map<string, SegmentDocument>>();

  /** Takes a segment document. A later one with the same id takes the place of the earlier. Returns false for anything else. */
  add(document: object): boolean {
    if (!isSegment(document)) return false;
    const segments = this.traces.get(document.trace_id) ?? new Map<string, SegmentDocument>();
    this.traces.delete(document.trace_id);
    this.traces.set(document.trace_id, segments);
    if (segments.size < segmentsPerTraceMax || segments.has(document.id)) segments.set(document.id, document);
    if (this.traces.size > tracesMax) {
      const [oldest] = this.traces.keys();
      if (oldest !== undefined) this.traces.delete(oldest);
    }
    return true;
  }

  /** The traces, last touched first. */
  list(limit: number): TraceSummary[] {
    return [...this.traces.entries()].reverse().slice(0, limit).map(summarize);
  }

  /** The documents of a trace as they were sent; undefined when the trace is unknown. */
  documents(traceId: string): readonly SegmentDocument[] | undefined {
    const segments = this.traces.get(traceId);
    return segments && [...segments.values()];
  }

  summary(traceId: string): TraceSummary | undefined {
    const segments = this.traces.get(traceId);
    return segments && summarize([traceId, segments]);
  }
}

function summarize([id, segments]: [string, ReadonlyMap<string, SegmentDocument>]): TraceSummary {
  const documents = [...segments.values()];
  const starts = documents.flatMap(({ start_time }) => start_time ?? []);
  const ends = documents.flatMap(({ end_time }) => end_time ?? []);
  const startMs = starts.length === 0 ? 0 : Math.round(Math.min(...starts) * 1_000);
  const endMs = ends.length === 0 ? startMs : Math.round(Math.max(...ends) * 1_000);
  return {
    id,
    startMs,
    durationMs: Math.max(0, endMs - startMs),
    segments: documents.length,
    roots: documents
      .filter(({ parent_id }) => parent_id === undefined || !segments.has(parent_id))
      .map(({ name, id: segmentId }) => name ?? segmentId),
    hasError: documents.some(({ error, fault }) => error === true || fault === true),
  };
}

function isSegment(value: object): value is SegmentDocument {
  return (
    'id' in value && typeof value.id === 'string' && 'trace_id' in value && typeof value.trace_id === 'string'
  );
}
