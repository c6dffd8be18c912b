import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { createSegmentWatch } from '../engines/xray/segment-watch.js';
import { TraceStore } from '../engines/xray/trace-store.js';
import { answerSegmentPut, answerTraces } from './trace-routes.js';

const traceId = '1-6b02fdd3-5ae05e0b110f7f09911ed510';
const startSeconds = 1_795_600_000;
const ids = { gateway: 'aaaaaaaaaaaaaaaa', publish: 'bbbbbbbbbbbbbbbb', join: 'cccccccccccccccc' };

function makeStore(): TraceStore {
  const store = new TraceStore();
  store.add({
    id: ids.gateway,
    name: 'gateway',
    trace_id: traceId,
    start_time: startSeconds,
    end_time: startSeconds + 0.1,
    subsegments: [
      {
        id: ids.publish,
        name: '## publish',
        start_time: startSeconds + 0.02,
        end_time: startSeconds + 0.05,
      },
    ],
  });
  store.add({
    id: ids.join,
    name: 'process-fn <b>',
    trace_id: traceId,
    parent_id: ids.publish,
    start_time: startSeconds + 0.45,
    end_time: startSeconds + 0.5,
    fault: true,
    annotations: { shard: '<script>alert(1)</script>' },
  });
  return store;
}

const url = (path: string) => new URL(path, 'http://info.local');

describe('a trace', () => {
  it('is answered as trees and as the documents that were sent', () => {
    const answer = JSON.parse(answerTraces(makeStore(), url(`/traces/${traceId}`), '').body);
    expect(answer).toMatchObject({ id: traceId, durationMs: 500, missingParents: [] });
    expect(answer.spans[0].children[0].children[0]).toMatchObject({ name: 'process-fn <b>', gapMs: 400 });
    expect(answer.documents).toHaveLength(2);
  });

  it('names the parents that are missing', () => {
    const store = makeStore();
    store.add({ id: 'dddddddddddddddd', trace_id: traceId, parent_id: 'eeeeeeeeeeeeeeee', start_time: 1 });
    const answer = JSON.parse(answerTraces(store, url(`/traces/${traceId}`), '').body);
    expect(answer.missingParents).toEqual(['eeeeeeeeeeeeeeee']);
    expect(answerTraces(store, url(`/traces/${traceId}`), 'text/html').body).toContain(
      'parent eeeeeeeeeeeeeeee missing',
    );
  });

  it('is a page with names, durations, faults, annotations and the time that work waited', () => {
    const { contentType, body } = answerTraces(makeStore(), url(`/traces/${traceId}`), 'text/html');
    expect(contentType).toBe('text/html; charset=utf-8');
    for (const text of ['## publish', '30 ms', 'waited 400 ms · 50 ms', 'fault', 'process-fn &lt;b&gt;'])
      expect(body).toContain(text);
    expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  it('is a page that loads nothing and runs nothing', () => {
    for (const path of ['/traces', `/traces/${traceId}`]) {
      const { body } = answerTraces(makeStore(), url(path), 'text/html');
      expect(body).not.toMatch(/<script|<link|<img|src=|@import|url\(|https?:/i);
    }
  });

  it('that is unknown is a 404, and a wrong limit a 400 that says what it must be', () => {
    expect(answerTraces(makeStore(), url('/traces/1-2'), '').statusCode).toBe(404);
    const refused = answerTraces(makeStore(), url('/traces?limit=0'), '');
    expect([refused.statusCode, refused.body]).toEqual([
      400,
      expect.stringContaining('limit must be a whole'),
    ]);
  });
});

describe('PutTraceSegments', () => {
  const put = (body: string, headers: Record<string, string> = {}, store = new TraceStore()) =>
    answerSegmentPut(
      { traces: store, watchSegment: createSegmentWatch(() => undefined) },
      Object.assign(Readable.from([Buffer.from(body)]), {
        method: 'POST',
        headers,
      }) as unknown as IncomingMessage,
    );
  const segment = { id: ids.join, name: 'f', trace_id: traceId, start_time: startSeconds, in_progress: true };

  it('takes documents, and tells which ones X-Ray would not take', async () => {
    const store = new TraceStore();
    const documents = [JSON.stringify(segment), '{', JSON.stringify({ ...segment, id: '1' })];
    const answer = await put(JSON.stringify({ TraceSegmentDocuments: documents }), {}, store);
    expect(store.documents(traceId)).toEqual([segment]);
    expect(JSON.parse(answer.body)).toEqual({
      UnprocessedTraceSegments: [
        { ErrorCode: 'MalformedSegment', Message: 'document: must be a JSON object' },
        { ErrorCode: 'MalformedSegment', Message: expect.stringContaining('/id') },
      ],
    });
  });

  it.each(['', '{}', '{"TraceSegmentDocuments":[1]}', '{"TraceSegmentDocuments":"x"}'])(
    'refuses the request %j',
    async (body) => {
      expect((await put(body)).statusCode).toBe(400);
    },
  );

  it('takes nothing from web pages', async () => {
    const body = JSON.stringify({ TraceSegmentDocuments: [JSON.stringify(segment)] });
    expect((await put(body, { origin: 'https://example.org' })).statusCode).toBe(403);
  });
});
