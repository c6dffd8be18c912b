import type { Need } from '@weir/role-check';
import { regionalArn, type CloudEnvironment } from '../assembly/resource-type.js';
import type { EngineRequest } from '../faults/engine-calls.js';
import type { FaultedService } from '../faults/faulted-call.js';

/**
 * What a call to an engine needs: actions on resources, as IAM names them. A call whose resource cannot be told needs its action
 * on all of them. None for what is no call at all, which the engine refuses.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
 */
export function engineNeeds(
  { service, operation }: { readonly service: FaultedService; readonly operation: string },
  { path, body }: Pick<EngineRequest, 'path' | 'body'>,
  environment: CloudEnvironment,
): Need[] {
  if (service === 's3') return objectNeeds(operation, path, environment);
  const input = parseObject(body);
  if (operation === '' || input === undefined) return [];
  return service === 'dynamodb'
    ? tableNeeds(operation, input, environment)
    : [{ action: `kinesis:${operation}`, resource: streamArn(input, environment) }];
}

type Input = Readonly<Record<string, unknown>>;

function streamArn({ StreamARN: arn, StreamName: name }: Input, environment: CloudEnvironment): string {
  if (typeof arn === 'string') return arn;
  return typeof name === 'string' ? regionalArn(environment, 'kinesis', `stream/${name}`) : '*';
}

function tableNeeds(operation: string, input: Input, environment: CloudEnvironment): Need[] {
  const need = (action: string, table: unknown, index?: unknown): Need => {
    const arn = tableArn(table, environment);
    return {
      action: `dynamodb:${action}`,
      resource: typeof index === 'string' && arn !== '*' ? `${arn}/index/${index}` : arn,
    };
  };
  switch (operation) {
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return unique(Object.keys(objectOf(input.RequestItems)).map((table) => need(operation, table)));
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
    case 'TransactGetItems':
    case 'TransactWriteItems':
      return unique(
        listOf(input.TransactItems).flatMap((item) =>
          Object.entries(objectOf(item)).map(([kind, part]) =>
            need(transactionActions.get(kind) ?? kind, objectOf(part).TableName),
          ),
        ),
      );
    default:
      return [need(operation, input.TableName, input.IndexName)];
  }
}

const transactionActions = new Map([
  ['Get', 'GetItem'],
  ['Put', 'PutItem'],
  ['Update', 'UpdateItem'],
  ['Delete', 'DeleteItem'],
  ['ConditionCheck', 'ConditionCheckItem'],
]);

function tableArn(table: unknown, environment: CloudEnvironment): string {
  if (typeof table !== 'string') return '*';
  return table.startsWith('arn:') ? table : regionalArn(environment, 'dynamodb', `table/${table}`);
}

const objectActions = new Map([
  ['GetObject', 'GetObject'],
  ['HeadObject', 'GetObject'],
  ['PutObject', 'PutObject'],
  ['DeleteObject', 'DeleteObject'],
]);
const bucketActions = new Map([
  ['ListObjectsV2', 'ListBucket'],
  ['HeadBucket', 'ListBucket'],
]);

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
function objectNeeds(operation: string, path: string, { partition }: CloudEnvironment): Need[] {
  const [pathname = '/'] = path.split('?');
  const [, bucket = '', ...key] = pathname.split('/').map(decode);
  const bucketArn = `arn:${partition}:s3:::${bucket}`;
  const ofObject = objectActions.get(operation);
  if (ofObject !== undefined)
    return [{ action: `s3:${ofObject}`, resource: `${bucketArn}/${key.join('/')}` }];
  const ofBucket = bucketActions.get(operation);
  if (ofBucket !== undefined) return [{ action: `s3:${ofBucket}`, resource: bucketArn }];
  return operation === 'ListBuckets' ? [{ action: 's3:ListAllMyBuckets', resource: '*' }] : [];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function unique(needs: readonly Need[]): Need[] {
  return [...new Map(needs.map((need) => [`${need.action} ${need.resource}`, need])).values()];
}

function parseObject(body: Buffer): Input | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Input {
  return isObject(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function isObject(value: unknown): value is Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
