import { failEntries } from './failed-entries.js';

const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));
const parsed = (buffer: Buffer | undefined): unknown => buffer && JSON.parse(buffer.toString());

describe('failing entries of PutRecords', () => {
  const request = { StreamName: 's', Records: ['a', 'b', 'c'].map((Data) => ({ Data, PartitionKey: 'k' })) };

  it('asks for the others, and puts the answers where they belong', () => {
    const partial = failEntries('PutRecords', json(request), (index) => index !== 1);
    expect(parsed(partial?.request)).toEqual({
      StreamName: 's',
      Records: [{ Data: 'b', PartitionKey: 'k' }],
    });
    const answer = { FailedRecordCount: 0, Records: [{ SequenceNumber: '1', ShardId: 'x' }] };
    expect(parsed(partial?.merge(json(answer)))).toEqual({
      EncryptionType: 'NONE',
      FailedRecordCount: 2,
      Records: [
        expect.objectContaining({ ErrorCode: 'ProvisionedThroughputExceededException' }),
        { SequenceNumber: '1', ShardId: 'x' },
        expect.objectContaining({ ErrorCode: 'ProvisionedThroughputExceededException' }),
      ],
    });
  });

  it('asks for nothing when all fail', () => {
    const partial = failEntries('PutRecords', json(request), () => true);
    expect(partial?.request).toBeUndefined();
    expect(parsed(partial?.merge(undefined))).toMatchObject({
      FailedRecordCount: 3,
      Records: [{}, { ErrorCode: 'InternalFailure' }, {}],
    });
  });

  it('leaves a call alone of which none fails', () => {
    expect(failEntries('PutRecords', json(request), () => false)).toBeUndefined();
  });
});

describe('failing keys of BatchGetItem', () => {
  const keys = ['a', 'b'].map((S) => ({ pk: { S } }));
  const request = { RequestItems: { t: { Keys: keys, ConsistentRead: true }, u: { Keys: keys } } };

  it('names them as unprocessed, with what the engine left', () => {
    const partial = failEntries('BatchGetItem', json(request), (index) => index === 1 || index > 1);
    expect(parsed(partial?.request)).toEqual({
      RequestItems: { t: { Keys: [keys[0]], ConsistentRead: true } },
    });
    expect(partial?.failedEntries).toBe(3);
    const answer = {
      Responses: { t: [] },
      UnprocessedKeys: { t: { Keys: [keys[0]], ConsistentRead: true } },
    };
    expect(parsed(partial?.merge(json(answer)))).toEqual({
      Responses: { t: [] },
      UnprocessedKeys: { t: { Keys: [keys[0], keys[1]], ConsistentRead: true }, u: { Keys: keys } },
    });
  });

  it('answers without the engine when all fail', () => {
    const partial = failEntries('BatchGetItem', json(request), () => true);
    expect(partial?.request).toBeUndefined();
    expect(parsed(partial?.merge(undefined))).toEqual({
      Responses: {},
      UnprocessedKeys: request.RequestItems,
    });
  });
});

it.each([
  ['PutItem', '{}'],
  ['PutRecords', 'no JSON'],
  ['PutRecords', '[]'],
  ['BatchGetItem', '{"RequestItems":3}'],
])('%s with %s is left to the engine', (operation, body) => {
  expect(failEntries(operation, Buffer.from(body), () => true)).toBeUndefined();
});
