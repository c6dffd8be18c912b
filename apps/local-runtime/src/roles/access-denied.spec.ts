import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { startEngineProxy, type EngineProxy } from '../faults/engine-proxy.js';
import type { FaultedService } from '../faults/faulted-call.js';
import { testEnvironment } from '../testing/synthetic-assembly.js';
import { accessDenied } from './access-denied.js';
import { CallRegister } from './call-register.js';
import { engineNeeds } from './engine-needs.js';

const clientOptions = {
  region: 'eu-west-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  maxAttempts: 1,
  requestHandler: new NodeHttpHandler(),
};

let proxy: EngineProxy;
afterEach(() => proxy.close());

/** A proxy that refuses everything, so that there need not be an engine. */
async function refuseAll(service: FaultedService): Promise<string> {
  const calls = new CallRegister([{ functionName: 'f', roleName: 'r', statements: [] }], () => undefined);
  proxy = await startEngineProxy({
    service,
    engineUrl: 'http://127.0.0.1:1',
    admit: (call, request) => {
      const refusal = calls.admit(call.functionName, engineNeeds(call, request, testEnvironment));
      return refusal && accessDenied(service, refusal, testEnvironment);
    },
    decide: () => ({ delayMs: 0, rules: [] }),
    applied: () => undefined,
    kill: () => undefined,
    onTrouble: () => undefined,
  });
  return proxy.endpointOf({ functionName: 'f', workerId: 'w' });
}

function sentence(action: string, resource: string): string {
  return `User: arn:aws:sts::000000000000:assumed-role/r/f is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
}

describe('a refused call', () => {
  it('is an AccessDeniedException of DynamoDB', async () => {
    const client = new DynamoDBClient({ ...clientOptions, endpoint: await refuseAll('dynamodb') });
    await expect(client.send(new PutItemCommand({ TableName: 't', Item: {} }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: sentence('dynamodb:PutItem', 'arn:aws:dynamodb:eu-west-1:000000000000:table/t'),
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('is an AccessDeniedException of Kinesis', async () => {
    const client = new KinesisClient({ ...clientOptions, endpoint: await refuseAll('kinesis') });
    await expect(client.send(new PutRecordsCommand({ StreamName: 's', Records: [] }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: sentence('kinesis:PutRecords', 'arn:aws:kinesis:eu-west-1:000000000000:stream/s'),
    });
  });

  it('is AccessDenied of S3, and a bare 403 where there can be no body', async () => {
    const client = new S3Client({ ...clientOptions, endpoint: await refuseAll('s3'), forcePathStyle: true });
    const object = { Bucket: 'b', Key: 'k' };
    await expect(client.send(new PutObjectCommand({ ...object, Body: 'x' }))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: sentence('s3:PutObject', 'arn:aws:s3:::b/k'),
      $metadata: { httpStatusCode: 403 },
    });
    await expect(client.send(new HeadObjectCommand(object))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
  });
});
