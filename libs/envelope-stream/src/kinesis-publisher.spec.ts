import type { PutRecordsCommandOutput } from '@aws-sdk/client-kinesis';
import type { PackedEnvelope } from './pack-envelopes.js';
import { makePublisher } from './testing/make-publisher.js';

type Put = (keys: string[]) => Partial<PutRecordsCommandOutput> | Error;

/** A stream that answers each call as told, and what it has been sent. */
function observe(put: Put) {
  const durable: string[] = [];
  const callSizes: number[] = [];
  const publish = makePublisher((records) => {
    const keys = records.map(({ PartitionKey }) => PartitionKey ?? '');
    callSizes.push(keys.length);
    const answer = put(keys);
    if (answer instanceof Error) return answer;
    answer.Records?.forEach(({ SequenceNumber }, index) => {
      if (SequenceNumber !== undefined) durable.push(keys[index] ?? '');
    });
    return answer;
  });
  return { publish, durable, callSizes };
}

function makeEnvelopes(count: number, sizeBytes = 10): PackedEnvelope[] {
  return Array.from({ length: count }, (_, index) => ({
    partitionKey: `k${index}`,
    data: new Uint8Array(sizeBytes),
  }));
}

const accept = (keys: string[]) => ({ Records: keys.map((key) => ({ SequenceNumber: key })) });

describe('createKinesisPublisher', () => {
  it('sends again exactly the records that Kinesis refused inside its 200', async () => {
    let calls = 0;
    const { publish, durable, callSizes } = observe((keys) => {
      calls += 1;
      if (calls > 1) return accept(keys);
      return {
        FailedRecordCount: 1,
        Records: keys.map((key) =>
          key === 'k1' ? { ErrorCode: 'ProvisionedThroughputExceededException' } : { SequenceNumber: key },
        ),
      };
    });
    await expect(publish(makeEnvelopes(3), 10_000)).resolves.toEqual({ failed: 0, retries: 1 });
    expect(durable).toEqual(['k0', 'k2', 'k1']);
    expect(callSizes).toEqual([3, 1]);
  });

  it('sends a whole call again when it fails', async () => {
    let calls = 0;
    const { publish, durable } = observe((keys) => {
      calls += 1;
      return calls < 3 ? new Error('connection reset') : accept(keys);
    });
    await expect(publish(makeEnvelopes(2), 10_000)).resolves.toEqual({ failed: 0, retries: 4 });
    expect(durable).toEqual(['k0', 'k1']);
  });

  it('gives up at the deadline and says how many are not durable', async () => {
    const { publish } = observe((keys) => ({
      Records: keys.map((key) => (key === 'k0' ? { SequenceNumber: key } : { ErrorCode: 'InternalFailure' })),
    }));
    const outcome = await publish(makeEnvelopes(3), 5_000);
    expect(outcome.failed).toBe(2);
    expect(outcome.retries).toBeGreaterThan(2);
  });

  it('does not take a record for durable that the answer does not mention', async () => {
    const { publish } = observe((keys) => ({ Records: accept(keys.slice(1)).Records }));
    await expect(publish(makeEnvelopes(2), 100)).resolves.toMatchObject({ failed: 1 });
  });

  it('cuts into calls of at most 500 records and 5 MiB', async () => {
    const many = observe(accept);
    await many.publish(makeEnvelopes(1100), 10_000);
    expect(many.callSizes).toEqual([500, 500, 100]);
    const large = observe(accept);
    await large.publish(makeEnvelopes(12, 1024 * 1024 - 100), 10_000);
    expect(large.callSizes).toEqual([5, 5, 2]);
  });
});
