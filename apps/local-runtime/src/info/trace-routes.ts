import type { IncomingMessage } from 'node:http';
import type { RunningCloud } from '../boot/boot-context.js';
import { flattened, spansOf } from '../engines/xray/span.js';
import type { TraceStore } from '../engines/xray/trace-store.js';
import { html, json, problem, type Answer } from './answer.js';
import { readBody } from './request-body.js';
import { traceListPage, tracePage } from './trace-page.js';

const tracesShownDefault = 100;
const tracesShownMax = 1_000;

export function isTraceRoute({ pathname }: URL): boolean {
  return pathname === '/traces' || pathname.startsWith('/traces/');
}

/**
 * `GET /traces?limit` lists the newest traces, `GET /traces/{id}` shows one: `documents` as they were sent, and `spans`, the
 * trees that they make. Browsers get pages, everybody else JSON.
 */
export function answerTraces(traces: TraceStore, url: URL, accept: string): Answer {
  const asPage = accept.includes('text/html');
  if (url.pathname === '/traces') {
    const limit = Number(url.searchParams.get('limit') ?? tracesShownDefault);
    if (!Number.isInteger(limit) || limit < 1 || limit > tracesShownMax) {
      return problem(400, 'invalid_limit', `limit must be a whole number from 1 to ${tracesShownMax}.`);
    }
    const items = traces.list(limit);
    return asPage ? html(traceListPage(items)) : json({ items });
  }
  const id = url.pathname.slice('/traces/'.length);
  const documents = traces.documents(id);
  if (documents === undefined) return problem(404, 'not_found', `There is no trace ${id}.`);
  const spans = spansOf(documents);
  if (asPage) return html(tracePage(id, spans));
  const missingParents = flattened(spans).flatMap(({ span }) =>
    span.missingParent && span.parentId !== undefined ? [span.parentId] : [],
  );
  return json({ ...traces.summary(id), missingParents, spans, documents });
}

/** Of one document: https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html */
const documentBytesMax = 64 * 1024;
const documentsMax = 50;
const requestBytesMax = documentsMax * documentBytesMax * 2;

export function isSegmentPut({ pathname }: URL): boolean {
  return pathname === '/TraceSegments';
}

/**
 * The operation PutTraceSegments of X-Ray's API.
 * https://docs.aws.amazon.com/xray/latest/api/API_PutTraceSegments.html
 */
export async function answerSegmentPut(
  cloud: Pick<RunningCloud, 'traces' | 'watchSegment'>,
  request: IncomingMessage,
): Promise<Answer> {
  if (request.headers.origin !== undefined) {
    return problem(403, 'forbidden', 'Segments are not taken from web pages.');
  }
  if (request.method !== 'POST') return problem(405, 'method_not_allowed', 'Only POST is answered here.');
  const text = await readBody(request, requestBytesMax);
  if (text === undefined) return problem(413, 'too_large', `A request has at most ${requestBytesMax} bytes.`);
  const documents = documentsOf(text);
  if (documents === undefined) {
    return problem(
      400,
      'InvalidRequestException',
      `TraceSegmentDocuments must be a list of up to ${documentsMax} strings.`,
    );
  }
  return json({ UnprocessedTraceSegments: documents.flatMap((document) => refusalOf(document, cloud)) });
}

function documentsOf(text: string): string[] | undefined {
  try {
    const { TraceSegmentDocuments: documents } = JSON.parse(text) as { TraceSegmentDocuments?: unknown };
    if (!Array.isArray(documents) || documents.length > documentsMax) return undefined;
    return documents.every((document) => typeof document === 'string') ? documents : undefined;
  } catch {
    return undefined;
  }
}

/** Takes a document; what X-Ray would not take, is told. */
function refusalOf(
  text: string,
  { traces, watchSegment }: Pick<RunningCloud, 'traces' | 'watchSegment'>,
): { ErrorCode: string; Message: string }[] {
  const document = objectOf(text);
  const violations = document === undefined ? ['document: must be a JSON object'] : watchSegment(document);
  if (document !== undefined && violations.length === 0 && traces.add(document)) return [];
  return [{ ErrorCode: 'MalformedSegment', Message: violations.join('; ') }];
}

function objectOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
