import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { SegmentDocument } from './segment-document.js';
import { createSegmentSender, parseDaemonAddress } from './segment-sender.js';

const HEADER = '{"format":"json","version":1}\n';

function makeDocument(members: Partial<SegmentDocument> = {}): SegmentDocument {
  return {
    name: 'process-fn',
    id: '53995c3f42cd8ad8',
    trace_id: '1-5759e988-bd862e3fe1be46a994272793',
    start_time: 1_795_600_000,
    end_time: 1_795_600_001,
    ...members,
  };
}

describe('the sender of segments', () => {
  let daemon: Socket;
  let daemonAddress: string;
  const received: string[] = [];
  const put: string[][] = [];
  const troubles: string[] = [];

  const make = (options: { daemonAddress?: string; datagramBytesMax?: number } = {}) =>
    createSegmentSender({
      daemonAddress,
      put: async (documents) => void put.push([...documents]),
      onTrouble: ({ message }) => troubles.push(message),
      ...options,
    });

  beforeEach(async () => {
    for (const list of [received, put, troubles]) list.length = 0;
    daemon = createSocket('udp4');
    daemon.on('message', (datagram) => received.push(datagram.toString()));
    daemon.bind(0, '127.0.0.1');
    await once(daemon, 'listening');
    daemonAddress = `127.0.0.1:${(daemon.address() as AddressInfo).port}`;
  });

  afterEach(() => daemon.close());

  async function untilReceived(count: number): Promise<void> {
    while (received.length < count) await once(daemon, 'message');
  }

  it('sends each segment as a datagram of its own', async () => {
    const documents = [makeDocument(), makeDocument({ id: '0000000000000001' })];
    await make().send(documents);
    await untilReceived(2);
    expect(received).toEqual(documents.map((document) => HEADER + JSON.stringify(document)));
    expect([put, troubles]).toEqual([[], []]);
  });

  it('puts through the API what is larger than a datagram may be', async () => {
    const large = makeDocument({ metadata: { weir: { text: 'x'.repeat(500) } } });
    await make({ datagramBytesMax: 500 }).send([large, makeDocument()]);
    await untilReceived(1);
    expect(received).toEqual([HEADER + JSON.stringify(makeDocument())]);
    expect(put).toEqual([[JSON.stringify(large)]]);
  });

  it('puts through the API what the system says is too large', async () => {
    const large = makeDocument({ metadata: { weir: { text: 'x'.repeat(66_000) } } });
    await make({ datagramBytesMax: Infinity }).send([large]);
    expect(put).toEqual([[JSON.stringify(large)]]);
    expect(troubles).toEqual([]);
  });

  it('tells that the API failed, and does not fail itself', async () => {
    const sender = createSegmentSender({
      daemonAddress,
      put: () => Promise.reject(new Error('no such API')),
      onTrouble: ({ message }) => troubles.push(message),
      datagramBytesMax: 1,
    });
    await sender.send([makeDocument()]);
    expect(troubles).toEqual(['no such API']);
  });

  it('does not notice that there is no daemon', async () => {
    const gone = createSocket('udp4').bind(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    gone.close();
    await make({ daemonAddress: `127.0.0.1:${port}` }).send([makeDocument()]);
    expect(troubles).toEqual([]);
  });

  it('tells that the address is none, and does not fail', async () => {
    await make({ daemonAddress: 'daemon' }).send([makeDocument()]);
    expect(troubles).toEqual([
      'AWS_XRAY_DAEMON_ADDRESS must be host:port or tcp:host:port udp:host:port, not "daemon"',
    ]);
  });

  it('does not wait for an API that does not answer', async () => {
    const sender = createSegmentSender({
      daemonAddress,
      put: () => new Promise(() => undefined),
      onTrouble: () => undefined,
      datagramBytesMax: 1,
    });
    await expect(sender.send([makeDocument()])).resolves.toBeUndefined();
  });
});

describe('the address of the daemon', () => {
  it.each([
    ['169.254.79.129:2000', '169.254.79.129', 2000],
    ['tcp:127.0.0.1:2000 udp:127.0.0.2:2001', '127.0.0.2', 2001],
    ['[::1]:2000', '::1', 2000],
    ['xray-daemon:2000', 'xray-daemon', 2000],
  ])('%s', (text, host, port) => {
    expect(parseDaemonAddress(text)).toEqual({ host, port });
  });

  it.each(['', 'host', 'host:0', 'host:65536', 'host:port', 'tcp:127.0.0.1:2000'])('%j is none', (text) => {
    expect(() => parseDaemonAddress(text)).toThrow('AWS_XRAY_DAEMON_ADDRESS');
  });
});
