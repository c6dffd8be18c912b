import { testEnvironment } from '../testing/synthetic-assembly.js';
import { engineNeeds } from './engine-needs.js';

function needs(
  service: 'dynamodb' | 'kinesis' | 's3',
  operation: string,
  body: unknown,
  path = '/',
): string[] {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return engineNeeds({ service, operation }, { path, body: Buffer.from(text) }, testEnvironment).map(
    ({ action, resource }) => `${action} ${resource}`,
  );
}

const tables = 'arn:aws:dynamodb:eu-west-1:000000000000:table';
const stream = 'arn:aws:kinesis:eu-west-1:000000000000:stream/s';

describe('engineNeeds', () => {
  it.each(['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan', 'DescribeTable'])(
    'takes %s for the permission of its name',
    (operation) => {
      expect(needs('dynamodb', operation, { TableName: 't' })).toEqual([`dynamodb:${operation} ${tables}/t`]);
    },
  );

  it('tells the index that a query reads from its table', () => {
    const onIndex = { TableName: 't', IndexName: 'i' };
    expect(needs('dynamodb', 'Query', onIndex)).toEqual([`dynamodb:Query ${tables}/t/index/i`]);
    expect(needs('dynamodb', 'Scan', { ...onIndex, TableName: `${tables}/u` })).toEqual([
      `dynamodb:Scan ${tables}/u/index/i`,
    ]);
  });

  it('needs a batch for each of its tables', () => {
    const RequestItems = { t: {}, u: {} };
    expect(needs('dynamodb', 'BatchGetItem', { RequestItems })).toEqual([
      `dynamodb:BatchGetItem ${tables}/t`,
      `dynamodb:BatchGetItem ${tables}/u`,
    ]);
  });

  it('needs for a transaction what is in it, each once', () => {
    const part = { TableName: 't' };
    const TransactItems = [
      { Put: part },
      { Put: part },
      { ConditionCheck: part },
      { Update: part },
      { Delete: part },
    ];
    expect(needs('dynamodb', 'TransactWriteItems', { TransactItems })).toEqual([
      `dynamodb:PutItem ${tables}/t`,
      `dynamodb:ConditionCheckItem ${tables}/t`,
      `dynamodb:UpdateItem ${tables}/t`,
      `dynamodb:DeleteItem ${tables}/t`,
    ]);
    expect(needs('dynamodb', 'TransactGetItems', { TransactItems: [{ Get: part }] })).toEqual([
      `dynamodb:GetItem ${tables}/t`,
    ]);
  });

  it('knows streams by name and by ARN', () => {
    expect(needs('kinesis', 'PutRecords', { StreamName: 's' })).toEqual([`kinesis:PutRecords ${stream}`]);
    expect(needs('kinesis', 'PutRecord', { StreamARN: stream })).toEqual([`kinesis:PutRecord ${stream}`]);
  });

  it('needs an action on everything where the resource cannot be told', () => {
    expect(needs('kinesis', 'GetRecords', { ShardIterator: 'x' })).toEqual(['kinesis:GetRecords *']);
    expect(needs('dynamodb', 'ListTables', {})).toEqual(['dynamodb:ListTables *']);
    expect(needs('dynamodb', 'Query', { IndexName: 'i' })).toEqual(['dynamodb:Query *']);
    expect(needs('dynamodb', 'TransactWriteItems', { TransactItems: [{ Put: 1 }] })).toEqual([
      'dynamodb:PutItem *',
    ]);
  });

  it.each([
    ['PutObject', '/b/a%20b/c?x-id=PutObject', 's3:PutObject arn:aws:s3:::b/a b/c'],
    ['GetObject', '/b/k', 's3:GetObject arn:aws:s3:::b/k'],
    ['HeadObject', '/b/k', 's3:GetObject arn:aws:s3:::b/k'],
    ['DeleteObject', '/b/k', 's3:DeleteObject arn:aws:s3:::b/k'],
    ['ListObjectsV2', '/b?list-type=2', 's3:ListBucket arn:aws:s3:::b'],
    ['HeadBucket', '/b', 's3:ListBucket arn:aws:s3:::b'],
    ['ListBuckets', '/', 's3:ListAllMyBuckets *'],
  ])('needs for %s of %s: %s', (operation, path, need) => {
    expect(needs('s3', operation, '', path)).toEqual([need]);
  });

  it('leaves to the engine what is no call', () => {
    expect(needs('dynamodb', 'PutItem', '{"TableName":')).toEqual([]);
    expect(needs('kinesis', 'PutRecords', '[]')).toEqual([]);
    expect(needs('dynamodb', '', { TableName: 't' })).toEqual([]);
    expect(needs('s3', '', '', '/b/k')).toEqual([]);
  });
});
