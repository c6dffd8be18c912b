import { createSocket } from 'node:dgram';
import { setTimeout as delay } from 'node:timers/promises';
import { TraceStore } from './trace-store.js';
import { parseDatagram, startXrayDaemon } from './xray-daemon.js';

const traceId = '1-6b02fdd3-5ae05e0b110f7f09911ed510';
const header = '{"format":"json","version":1}\n';

describe('the daemon', () => {
  it('receives documents over UDP', async () => {
    const store = new TraceStore();
    const daemon = await startXrayDaemon({ port: 0, onSegment: (segment) => void store.add(segment) });
    const socket = createSocket('udp4');
    const [, port = ''] = daemon.address.split(':');
    const document = { id: 'a1', trace_id: traceId, name: 'ingest', start_time: 1, end_time: 2 };
    socket.send('garbage', Number(port), '127.0.0.1');
    socket.send(header + JSON.stringify(document), Number(port), '127.0.0.1');
    while (store.list(1).length === 0) await delay(5);
    expect(store.list(1)).toEqual([
      { id: traceId, startMs: 1_000, durationMs: 1_000, segments: 1, roots: ['ingest'], hasError: false },
    ]);
    expect(daemon.rejected()).toBe(1);
    socket.close();
    await daemon.close();
  });

  it.each(['', 'x', '{"format":"xml"}\n{}', `${header}{`, `${header}null`])(
    'takes no %j for a document',
    (text) => {
      expect(parseDatagram(text)).toBeUndefined();
    },
  );
});

describe('TraceStore', () => {
  it('assembles segments and what was sent separately below them', () => {
    const store = new TraceStore();
    store.add({ id: 'c', trace_id: traceId, parent_id: 'b', start_time: 3, type: 'subsegment' });
    store.add({ id: 'e', trace_id: traceId, parent_id: 'inner', start_time: 4 });
    store.add({
      id: 'a',
      trace_id: traceId,
      start_time: 1,
      subsegments: [{ id: 'b', subsegments: [{ id: 'inner' }] }],
    });
    const trees = store.assemble(traceId) ?? [];
    expect(trees.map(({ document }) => document.id)).toEqual(['a']);
    expect(trees[0]?.children.map(({ document }) => document.id)).toEqual(['c', 'e']);
  });

  it('replaces a document that is sent again', () => {
    const store = new TraceStore();
    store.add({ id: 'a', trace_id: traceId, in_progress: true });
    store.add({ id: 'a', trace_id: traceId, fault: true });
    expect(store.list(10)).toMatchObject([{ segments: 1, hasError: true }]);
  });

  it('shows segments that are each other’s parents', () => {
    const store = new TraceStore();
    store.add({ id: 'a', trace_id: traceId, parent_id: 'b' });
    store.add({ id: 'b', trace_id: traceId, parent_id: 'a' });
    store.add({ id: 'c', trace_id: traceId, parent_id: 'c' });
    expect(store.assemble(traceId)?.map(({ document }) => document.id)).toEqual(['a', 'b', 'c']);
  });

  it('forgets the trace that was touched longest ago', () => {
    const store = new TraceStore();
    for (let index = 0; index < 1_001; index += 1) store.add({ id: 'a', trace_id: `t${index}` });
    expect(store.assemble('t0')).toBeUndefined();
    expect(store.list(1)[0]?.id).toBe('t1000');
  });

  it('refuses what is no segment', () => {
    expect(new TraceStore().add({ id: 'a' })).toBe(false);
  });
});
