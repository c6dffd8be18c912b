import { createHash } from 'node:crypto';
import type { Window } from '@weir/aggregation';
import { NAME_PATTERN, type ProblemError } from '@weir/telemetry-schema';
import { invalidParameters } from './query-parameters.js';

/**
 * What a cursor belongs to. A cursor says where to go on and nothing else: device, site and range are always those of the
 * request, which has to pass every check anew.
 */
export interface CursorScope {
  readonly operation: string;
  /** Everything that decides which items there are and in which order; how many go on a page does not. */
  readonly query: Readonly<Record<string, string | number | undefined>>;
}

type Position = string | number;

const FORMAT = 1;
const CHECK_BYTES = 16;

/** An opaque cursor for `position`, which {@link decodeTimeCursor} or {@link decodeDeviceCursor} accept with the same scope. */
export function encodeCursor(scope: CursorScope, position: Position): string {
  const text = JSON.stringify([FORMAT, position, checkOf(scope, position)]);
  return Buffer.from(text).toString('base64url');
}

/**
 * The instant, in epoch milliseconds, that a cursor stands for.
 *
 * @param range where it must lie, and on which grid
 * @throws ProblemError `invalid_parameter` when the cursor is damaged, of another query, or out of range
 */
export function decodeTimeCursor(cursor: string, scope: CursorScope, range: Window, stepMs = 1): number {
  const position = positionIn(cursor, scope);
  const fits = typeof position === 'number' && Number.isSafeInteger(position) && position % stepMs === 0;
  if (!fits || position < range.startMs || position >= range.endMs) throw wrongCursor();
  return position;
}

/**
 * The device that a cursor goes on after.
 *
 * @throws ProblemError `invalid_parameter` when the cursor is damaged or of another query
 */
export function decodeDeviceCursor(cursor: string, scope: CursorScope): string {
  const position = positionIn(cursor, scope);
  if (typeof position !== 'string' || !NAME_PATTERN.test(position)) throw wrongCursor();
  return position;
}

function positionIn(cursor: string, scope: CursorScope): unknown {
  const [format, position, check] = partsOf(cursor);
  const known = typeof position === 'string' || typeof position === 'number';
  if (format !== FORMAT || !known || check !== checkOf(scope, position)) throw wrongCursor();
  // Decoding base64url forgives characters that do not belong there; only the very text that was given out is a cursor.
  if (encodeCursor(scope, position) !== cursor) throw wrongCursor();
  return position;
}

function partsOf(cursor: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    throw wrongCursor();
  }
}

/** Tells a cursor from one of another query, and from a damaged one. It is no signature, and nothing rests on it. */
function checkOf({ operation, query }: CursorScope, position: Position): string {
  const named = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = JSON.stringify([FORMAT, operation, named.sort(([a], [b]) => (a < b ? -1 : 1)), position]);
  return createHash('sha256').update(text).digest().subarray(0, CHECK_BYTES).toString('base64url');
}

function wrongCursor(): ProblemError {
  return invalidParameters([{ field: 'cursor', reason: 'is not a cursor of this query' }]);
}
