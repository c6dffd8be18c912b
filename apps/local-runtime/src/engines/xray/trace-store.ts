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

/** A segment with what was sent separately below it. */
export interface SegmentNode {
  readonly document: SegmentDocument;
  readonly children: readonly SegmentNode[];
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

  /** The segments of a trace as trees, by start; undefined when the trace is unknown. */
  assemble(traceId: string): SegmentNode[] | undefined {
    const segments = this.traces.get(traceId);
    if (segments === undefined) return undefined;
    const ordered = [...segments.values()].sort((a, b) => (a.start_time ?? 0) - (b.start_time ?? 0));
    const childrenOf = new Map<string, SegmentDocument[]>();
    const roots: SegmentDocument[] = [];
    const known = parentsOf(segments);
    for (const document of ordered) {
      const parent = document.parent_id === undefined ? undefined : known.get(document.parent_id);
      if (parent === undefined || leadsTo(parent, document.id, segments, known)) roots.push(document);
      else childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), document]);
    }
    const toNode = (document: SegmentDocument): SegmentNode => ({
      document,
      children: (childrenOf.get(document.id) ?? []).map(toNode),
    });
    return roots.map(toNode);
  }
}

/** Maps the id of each segment, and of each subsegment embedded in one, to the document that holds it. */
function parentsOf(segments: ReadonlyMap<string, SegmentDocument>): Map<string, string> {
  const holders = new Map<string, string>();
  const visit = (member: unknown, holder: string): void => {
    if (typeof member !== 'object' || member === null) return;
    if ('id' in member && typeof member.id === 'string' && !segments.has(member.id))
      holders.set(member.id, holder);
    if ('subsegments' in member && Array.isArray(member.subsegments)) {
      for (const subsegment of member.subsegments) visit(subsegment, holder);
    }
  };
  for (const [id, document] of segments) {
    holders.set(id, id);
    visit(document, id);
  }
  return holders;
}

/** Whether following parents from `start` arrives at `id`: such a document would be its own ancestor. */
function leadsTo(
  start: string,
  id: string,
  segments: ReadonlyMap<string, SegmentDocument>,
  known: ReadonlyMap<string, string>,
): boolean {
  const seen = new Set<string>();
  let current: string | undefined = start;
  while (current !== undefined && !seen.has(current)) {
    if (current === id) return true;
    seen.add(current);
    const parentId: string | undefined = segments.get(current)?.parent_id;
    current = parentId === undefined ? undefined : known.get(parentId);
  }
  return false;
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
