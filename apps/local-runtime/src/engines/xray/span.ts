import type { SegmentDocument } from './trace-store.js';

/** A segment or subsegment of a trace, with everything that names it as its parent. Times are epoch milliseconds. */
export interface Span {
  readonly id: string;
  readonly name: string;
  readonly kind: 'segment' | 'subsegment';
  readonly parentId?: string;
  /** The parent is named, but has not been received. */
  readonly missingParent: boolean;
  readonly startMs: number;
  /** Undefined while it is in progress. */
  readonly endMs?: number;
  /** How long after the end of its parent it began: the time that work waited in a stream or a queue. */
  readonly gapMs?: number;
  readonly outcome: 'ok' | 'error' | 'fault' | 'throttle' | 'in progress';
  readonly annotations: Readonly<Record<string, unknown>>;
  /** The other members of the document that tell something: `origin`, `namespace`, `aws`, `http`, `cause`, `metadata` … */
  readonly details: Readonly<Record<string, unknown>>;
  /** By their start. */
  readonly children: readonly Span[];
}

type Draft = Omit<Span, 'children' | 'missingParent' | 'gapMs'>;

/** Members of a document that a span has in another form. */
const ownMembers = new Set(
  'id name trace_id parent_id type start_time end_time in_progress error fault throttle annotations subsegments'.split(
    ' ',
  ),
);

/**
 * The documents of one trace as trees, by start. What names a parent that is not there stands at the top and says so; so
 * does one of those that name each other in a circle.
 */
export function spansOf(documents: Iterable<SegmentDocument>): Span[] {
  const drafts = new Map<string, Draft>();
  for (const document of documents) collect(document, document.parent_id, document.type, drafts);
  const childrenOf = new Map<string, Draft[]>();
  const top: Draft[] = [];
  for (const draft of drafts.values()) {
    const { parentId } = draft;
    if (parentId === undefined || !drafts.has(parentId) || isOwnAncestor(draft, drafts)) top.push(draft);
    else childrenOf.set(parentId, [...(childrenOf.get(parentId) ?? []), draft]);
  }
  const toSpan = (draft: Draft): Span => {
    const parent = draft.parentId === undefined ? undefined : drafts.get(draft.parentId);
    const gapMs = parent?.endMs === undefined ? 0 : draft.startMs - parent.endMs;
    return {
      ...draft,
      missingParent: draft.parentId !== undefined && parent === undefined,
      ...(gapMs > 0 ? { gapMs } : {}),
      children: (childrenOf.get(draft.id) ?? []).sort(byStart).map(toSpan),
    };
  };
  return top.sort(byStart).map(toSpan);
}

/** All spans of a tree, each before its children. */
export function flattened(
  spans: readonly Span[],
  depth = 0,
): { readonly span: Span; readonly depth: number }[] {
  return spans.flatMap((span) => [{ span, depth }, ...flattened(span.children, depth + 1)]);
}

/** Takes a document apart into itself and the subsegments inside it, unless one of them was also sent on its own. */
function collect(
  member: unknown,
  parentId: string | undefined,
  type: unknown,
  drafts: Map<string, Draft>,
): void {
  if (!isRecord(member) || typeof member['id'] !== 'string') return;
  const { id, annotations, subsegments } = member;
  const startMs = millisecondsOf(member['start_time']) ?? 0;
  const endMs = millisecondsOf(member['end_time']);
  drafts.set(id, {
    id,
    name: typeof member['name'] === 'string' ? member['name'] : id,
    kind: type === 'subsegment' ? 'subsegment' : 'segment',
    ...(parentId === undefined ? {} : { parentId }),
    startMs,
    ...(endMs === undefined ? {} : { endMs }),
    outcome: outcomeOf(member, endMs),
    annotations: isRecord(annotations) ? annotations : {},
    details: Object.fromEntries(Object.entries(member).filter(([name]) => !ownMembers.has(name))),
  });
  if (Array.isArray(subsegments))
    for (const subsegment of subsegments) collect(subsegment, id, 'subsegment', drafts);
}

function outcomeOf(member: Readonly<Record<string, unknown>>, endMs: number | undefined): Span['outcome'] {
  if (member['throttle'] === true) return 'throttle';
  if (member['fault'] === true) return 'fault';
  if (member['error'] === true) return 'error';
  return endMs === undefined ? 'in progress' : 'ok';
}

/** Seconds with fractions become milliseconds, to the microsecond: more than that is rounding. */
function millisecondsOf(seconds: unknown): number | undefined {
  return typeof seconds === 'number' && Number.isFinite(seconds)
    ? Math.round(seconds * 1_000_000) / 1_000
    : undefined;
}

function isOwnAncestor({ id, parentId }: Draft, drafts: ReadonlyMap<string, Draft>): boolean {
  const seen = new Set<string>();
  for (let current = parentId; current !== undefined && !seen.has(current);) {
    if (current === id) return true;
    seen.add(current);
    current = drafts.get(current)?.parentId;
  }
  return false;
}

function byStart(a: Draft, b: Draft): number {
  return a.startMs - b.startMs;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
