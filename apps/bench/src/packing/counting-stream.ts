import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A stream that takes everything and notes its size. */
export interface CountingStream {
  readonly endpoint: string;
  /** Sizes in bytes of the records since the last time. */
  take(): number[];
  close(): void;
}

/** Speaks Kinesis' protocol as far as PutRecords goes. */
export async function startCountingStream(): Promise<CountingStream> {
  let sizes: number[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { Records } = JSON.parse(String(Buffer.concat(chunks))) as { Records: { Data: string }[] };
    sizes.push(...Records.map(({ Data }) => Buffer.byteLength(Data, 'base64')));
    const answer = {
      FailedRecordCount: 0,
      Records: Records.map((_, index) => ({
        SequenceNumber: String(index),
        ShardId: 'shardId-000000000000',
      })),
    };
    response.setHeader('content-type', 'application/x-amz-json-1.1').end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take: () => {
      const taken = sizes;
      sizes = [];
      return taken;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
