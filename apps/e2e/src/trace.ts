import { randomBytes } from 'node:crypto';
import { call } from './api.js';

/** A segment or subsegment, as the local runtime shows it. */
export interface Span {
  readonly id: string;
  readonly name: string;
  readonly kind: 'segment' | 'subsegment';
  readonly parentId?: string;
  readonly outcome: string;
  readonly gapMs?: number;
  readonly annotations: Readonly<Record<string, unknown>>;
  readonly details: Readonly<Record<string, unknown>>;
  readonly children: readonly Span[];
}

export interface Trace {
  readonly missingParents: readonly string[];
  readonly spans: readonly Span[];
  readonly documents: readonly unknown[];
}

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids */
export function newTraceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `1-${seconds}-${randomBytes(12).toString('hex')}`;
}

/** What the local runtime knows of a trace so far; undefined where that is nothing. */
export async function readTrace(infoUrl: string, traceId: string): Promise<Trace | undefined> {
  const answer = await call(`${infoUrl}/traces/${traceId}`);
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw new Error(`The trace ${traceId} was answered with ${answer.status}`);
  return answer.body as unknown as Trace;
}

/** All spans of a trace whose name is like that, each before its children. */
export function spansNamed({ spans }: Pick<Trace, 'spans'>, name: RegExp): Span[] {
  return spans.flatMap((span) => [
    ...(name.test(span.name) ? [span] : []),
    ...spansNamed({ spans: span.children }, name),
  ]);
}
