import { s3OperationOf } from './faulted-call.js';

it.each([
  ['GET', '/', 'ListBuckets'],
  ['GET', '/bucket?list-type=2', 'ListObjectsV2'],
  ['GET', '/bucket/?list-type=2', 'ListObjectsV2'],
  ['HEAD', '/bucket', 'HeadBucket'],
  ['PUT', '/bucket/a/b?x-id=PutObject', 'PutObject'],
  ['DELETE', '/bucket/a', 'DeleteObject'],
  ['POST', '/bucket/a?uploads', ''],
  ['PUT', '/bucket', ''],
])('%s %s is %s', (method, path, operation) => {
  expect(s3OperationOf(method, path)).toBe(operation);
});
