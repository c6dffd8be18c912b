import { randomBytes } from 'node:crypto';

/**
 * The tracing header `X-Amzn-Trace-Id` / `_X_AMZN_TRACE_ID`: `Root=1-<8 hex>-<24 hex>;Parent=<16 hex>;Sampled=0|1`.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export interface TraceHeader {
  readonly root: string;
  readonly parent?: string;
  /** Undefined when the caller left the decision to the receiver (`Sampled=?` or no field). */
  readonly sampled?: boolean;
}

const rootPattern = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i;
const parentPattern = /^[0-9a-f]{16}$/i;

/** Reads a header; undefined when there is none or when it has no valid `Root`, as a receiver then starts a new trace. */
export function parseTraceHeader(header: string | undefined): TraceHeader | undefined {
  if (header === undefined) return undefined;
  const fields = new Map<string, string>();
  for (const part of header.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0) fields.set(part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim());
  }
  const root = fields.get('root');
  if (root === undefined || !rootPattern.test(root)) return undefined;
  const parent = fields.get('parent');
  const sampled = fields.get('sampled');
  return {
    root,
    ...(parent !== undefined && parentPattern.test(parent) ? { parent } : {}),
    ...(sampled === '1' || sampled === '0' ? { sampled: sampled === '1' } : {}),
  };
}

/** Writes the header in the order AWS services use. */
export function formatTraceHeader(header: TraceHeader): string {
  const parts = [`Root=${header.root}`];
  if (header.parent !== undefined) parts.push(`Parent=${header.parent}`);
  if (header.sampled !== undefined) parts.push(`Sampled=${header.sampled ? 1 : 0}`);
  return parts.join(';');
}

/** A new trace id: version 1, the time in seconds, 96 random bits. */
export function newTraceRoot(nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000)
    .toString(16)
    .padStart(8, '0');
  return `1-${seconds}-${randomBytes(12).toString('hex')}`;
}

/** A new segment id: 64 random bits in hexadecimal. */
export function newSegmentId(): string {
  return randomBytes(8).toString('hex');
}
