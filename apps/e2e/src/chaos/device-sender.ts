import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { call, type Answer, type Call } from '../api.js';
import type { SupervisedRuntime } from './supervised-runtime.js';
import type { DeviceRequest, Item } from './traffic.js';

/** Above what a gateway takes at most before it gives up, so that the pipeline answers first. */
const ANSWER_MS_MAX = 40_000;
const RETRY_MS = 150;

/** What the contract tells a device to send again. */
const PASSING = new Set([429, 500, 502, 503, 504]);

/** How sending went, over all requests. */
export interface Delivery {
  requests: number;
  readings: number;
  /** Requests sent again because the answer said so. */
  refusedForNow: number;
  /** Requests sent again because no answer came. */
  unanswered: number;
  /** Answers that are not what the contract promises. */
  readonly wrongAnswers: string[];
}

export function noDelivery(): Delivery {
  return { requests: 0, readings: 0, refusedForNow: 0, unanswered: 0, wrongAnswers: [] };
}

/**
 * Sends a request until it is answered for good, as a device does, and checks the answer: which readings are accepted, and
 * by which code each other one is refused. Resolves in a later millisecond than the one of the answer.
 */
export async function deliver(
  request: DeviceRequest,
  runtime: SupervisedRuntime,
  token: string,
  delivery: Delivery,
): Promise<void> {
  const sent = callOf(request, token);
  for (;;) {
    runtime.requireAlive();
    const answer = await call(`${runtime.ingestUrl}/v1/telemetry`, sent).catch(() => undefined);
    if (answer !== undefined && !PASSING.has(answer.status)) {
      delivery.requests += 1;
      delivery.readings += request.items.length;
      delivery.wrongAnswers.push(...wrongWith(answer, request.items));
      return nextMillisecond();
    }
    if (answer === undefined) delivery.unanswered += 1;
    else delivery.refusedForNow += 1;
    await delay(RETRY_MS);
  }
}

function callOf({ items, gzip }: DeviceRequest, token: string): Call {
  const text = JSON.stringify({ readings: items.map(({ wire }) => wire) });
  return {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/json',
      ...(gzip ? { 'Content-Encoding': 'gzip' } : {}),
    },
    body: gzip ? Uint8Array.from(gzipSync(text)) : text,
    timeoutMs: ANSWER_MS_MAX,
  };
}

function wrongWith(answer: Answer, items: readonly Item[]): string[] {
  const refused = items.flatMap((item, index) => ('refusal' in item ? [`${index} ${item.refusal}`] : []));
  const accepted = items.length - refused.length;
  const listed = (answer.body['rejected'] ?? []) as { index: number; code: string }[];
  const have = {
    status: answer.status,
    accepted: answer.body['accepted'] ?? 0,
    rejected: listed.map(({ index, code }) => `${index} ${code}`),
  };
  const want = { status: accepted > 0 ? 202 : 422, accepted, rejected: refused };
  if (JSON.stringify(have) === JSON.stringify(want)) return [];
  return [
    `a request was answered ${JSON.stringify(have)} instead of ${JSON.stringify(want)}: ${answer.text.slice(0, 300)}`,
  ];
}

/** So that whatever is sent next is received later than this, by any clock that shows whole milliseconds. */
async function nextMillisecond(): Promise<void> {
  const answeredMs = Date.now();
  while (Date.now() <= answeredMs + 1) await delay(2);
}
