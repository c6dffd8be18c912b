import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { PackedEnvelope } from '@weir/envelope-stream';

/** Puts envelopes on a stream with the AWS SDK alone, in one call. */
export function createBarePutRecords(
  endpoint: string,
  streamName: string,
): (envelopes: readonly PackedEnvelope[]) => Promise<void> {
  // The client's own handler speaks HTTP/2, which the endpoint does not.
  const client = new KinesisClient({ endpoint, requestHandler: new NodeHttpHandler() });
  return async (envelopes) => {
    const Records = envelopes.map(({ partitionKey, explicitHashKey, data }) => ({
      PartitionKey: partitionKey,
      ExplicitHashKey: explicitHashKey,
      Data: data,
    }));
    await client.send(new PutRecordsCommand({ StreamName: streamName, Records }));
  };
}
