import type { IncomingMessage } from 'node:http';
import type { RunningCloud } from '../boot/boot-context.js';
import { replayStream } from '../engines/kinesis/replay-stream.js';
import { json, problem, type Answer } from './answer.js';
import { readBody } from './request-body.js';
import { isFromElsewhere } from './request-origin.js';

const requestBytesMax = 1_024;
/** Streams keep their records for a day, unless the template says more. */
const minutesMax = 1_440;

/**
 * `POST /replays` with `{ "minutes": 60 }`: puts into every stream once more what arrived there within so many minutes up to
 * now, as a producer does that never heard of its success. Answers when all of it is put, `{ records, bytes, fromMs, toMs }`.
 */
export async function answerReplay(
  { kinesis, options }: Pick<RunningCloud, 'kinesis' | 'options'>,
  request: IncomingMessage,
): Promise<Answer> {
  if (isFromElsewhere(request))
    return problem(403, 'forbidden', 'Nothing is replayed for pages of other sites.');
  if (request.method !== 'POST') return problem(405, 'method_not_allowed', 'Only POST is answered here.');
  const text = await readBody(request, requestBytesMax);
  const minutes = minutesOf(text ?? '');
  if (minutes === undefined) {
    return problem(
      400,
      'invalid_body',
      `The body must be {"minutes": n}, with a whole number from 1 to ${minutesMax}.`,
    );
  }
  if (kinesis === undefined) return problem(503, 'not_ready', 'The streams have not started yet.');
  const toMs = options.clock();
  const range = { fromMs: toMs - minutes * 60_000, toMs };
  // Nobody waits for the answer any more.
  const gone = new AbortController();
  request.socket.once('close', () => gone.abort());
  const total = { records: 0, bytes: 0 };
  for (const streamName of kinesis.streamsByArn.values()) {
    const { records, bytes } = await replayStream(kinesis.client, streamName, range, gone.signal);
    total.records += records;
    total.bytes += bytes;
  }
  return json({ ...total, ...range });
}

function minutesOf(text: string): number | undefined {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null || !('minutes' in body)) return undefined;
    const { minutes } = body;
    const isRight =
      typeof minutes === 'number' && Number.isInteger(minutes) && minutes >= 1 && minutes <= minutesMax;
    return isRight ? minutes : undefined;
  } catch {
    return undefined;
  }
}
