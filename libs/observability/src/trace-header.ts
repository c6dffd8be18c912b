import { randomBytes } from 'node:crypto';

/** Where in a trace something happens, and whether the trace is recorded at all. */
export interface TraceContext {
  /** `1-<8 hex digits>-<24 hex digits>`. */
  readonly traceId: string;
  /** Segment or subsegment that the next one hangs below: 16 hex digits. */
  readonly parentId?: string;
  /** False also where nobody has decided yet: only what is certainly recorded is worth recording. */
  readonly sampled: boolean;
}

const TRACE_ID = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/;
const SEGMENT_ID = /^[0-9a-f]{16}$/;

/**
 * Reads `Root=…;Parent=…;Sampled=…`. Undefined without a well-formed root; a malformed parent counts as none. Anybody may
 * send such a header, so it is never trusted to be one.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function parseTraceHeader(header: string | undefined): TraceContext | undefined {
  const fields = new Map<string, string>();
  for (const field of (header ?? '').split(';')) {
    const equals = field.indexOf('=');
    if (equals > 0) fields.set(field.slice(0, equals).trim(), field.slice(equals + 1).trim());
  }
  const traceId = fields.get('Root');
  if (traceId === undefined || !TRACE_ID.test(traceId)) return undefined;
  const parentId = fields.get('Parent');
  return {
    traceId,
    ...(parentId !== undefined && SEGMENT_ID.test(parentId) ? { parentId } : {}),
    sampled: fields.get('Sampled') === '1',
  };
}

/** What {@link parseTraceHeader} reads. */
export function formatTraceHeader({ traceId, parentId, sampled }: TraceContext): string {
  return `Root=${traceId}${parentId === undefined ? '' : `;Parent=${parentId}`};Sampled=${sampled ? 1 : 0}`;
}

/** 64 random bits, as 16 hex digits. */
export function newSegmentId(): string {
  return randomBytes(8).toString('hex');
}
