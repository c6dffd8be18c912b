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
  it('replaces a document that is sent again', () => {
    const store = new TraceStore();
    store.add({ id: 'a', trace_id: traceId, in_progress: true });
    store.add({ id: 'a', trace_id: traceId, fault: true });
    expect(store.list(10)).toMatchObject([{ segments: 1, hasError: true }]);
  });

  it('forgets the trace that was touched longest ago', () => {
    const store = new TraceStore();
    for (let index = 0; index < 1_001; index += 1) store.add({ id: 'a', trace_id: `t${index}` });
    expect(store.documents('t0')).toBeUndefined();
    expect(store.list(1)[0]?.id).toBe('t1000');
  });

  it('refuses what is no segment', () => {
    expect(new TraceStore().add({ id: 'a' })).toBe(false);
  });
});
