import type { IncomingHttpHeaders } from 'node:http';

/** Engines whose calls can be made to fail. */
export const faultedServices = ['kinesis', 'dynamodb', 's3'] as const;

export type FaultedService = (typeof faultedServices)[number];

/** Engines that are processes of their own. */
export const engineProcessServices = ['kinesis', 'dynamodb'] as const;

export type EngineProcessService = (typeof engineProcessServices)[number];

/** What is known of a call from a function to an engine before it is forwarded. */
export interface FaultedCall {
  readonly service: FaultedService;
  /** As the service calls it; empty when that cannot be told. */
  readonly operation: string;
  readonly functionName: string;
}

/**
 * The operation that the headers of a JSON protocol of AWS name: `DynamoDB_20120810.PutItem` is `PutItem`.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
 */
export function operationOf(headers: IncomingHttpHeaders): string {
  const target = headers['x-amz-target'];
  return (Array.isArray(target) ? target[0] : target)?.split('.').at(-1) ?? '';
}

/**
 * The operation of a call to S3 in the path style, by method and path; empty for one that the S3 engine does not have.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
export function s3OperationOf(method: string, path: string): string {
  const [pathname = '/'] = path.split('?');
  const [, bucket = '', ...key] = pathname.split('/');
  if (bucket === '') return method === 'GET' ? 'ListBuckets' : '';
  const operations = key.join('/') === '' ? bucketOperations : objectOperations;
  return operations.get(method) ?? '';
}

const bucketOperations = new Map([
  ['GET', 'ListObjectsV2'],
  ['HEAD', 'HeadBucket'],
]);
const objectOperations = new Map([
  ['GET', 'GetObject'],
  ['HEAD', 'HeadObject'],
  ['PUT', 'PutObject'],
  ['DELETE', 'DeleteObject'],
]);
