import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { paginateListBuckets, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { createDynamoRepositories, type RepairableRepositories } from '@weir/dynamo-repo';
import { createKinesisPublisher, type PublishEnvelopes } from '@weir/envelope-stream';
import type { Objects } from './objects.js';
import { OperationError } from './operation-error.js';
import { createS3Objects } from './s3-objects.js';

/** Which deployment to work on, and what in it is not named as the stage's template names it. */
export interface DeploymentOptions {
  readonly stage: string;
  readonly blockMinutes: number;
  /** Into how many groups the stage divides its devices. */
  readonly deviceGroups: number;
  readonly stream?: string;
  readonly table?: string;
  readonly archiveBucket?: string;
  readonly quarantineBucket?: string;
}

/** What the operations need of a deployment. Nothing is asked of AWS before it is used. */
export interface Deployment {
  archive(): Promise<Objects>;
  quarantine(): Promise<Objects>;
  readonly repositories: RepairableRepositories;
  readonly publish: PublishEnvelopes;
  /** Into how many groups the stage divides its devices. */
  readonly deviceGroups: number;
  /** Length of a block's slot in milliseconds. */
  readonly blockMs: number;
}

/**
 * Reaches a deployment the way every program with an AWS SDK does: endpoints, region and credentials are those of the
 * environment (`AWS_ENDPOINT_URL_*`, `AWS_PROFILE`, `AWS_REGION`, …).
 */
export function reachDeployment(options: DeploymentOptions): Deployment {
  const { stage, blockMinutes } = options;
  const handler = { connectionTimeout: 3_000, requestTimeout: 20_000 };
  const s3 = new S3Client({ maxAttempts: 5, requestHandler: new NodeHttpHandler(handler) });
  // Publisher and repositories try again by themselves.
  const kinesis = new KinesisClient({ maxAttempts: 1, requestHandler: new NodeHttpHandler(handler) });
  const dynamodb = new DynamoDBClient({ maxAttempts: 1, requestHandler: new NodeHttpHandler(handler) });
  const telemetry = `weir-${stage}-telemetry`;
  const bucket = async (kind: 'archive' | 'quarantine', given: string | undefined): Promise<Objects> =>
    createS3Objects(s3, given ?? (await findBucket(s3, stage, kind)));
  return {
    archive: () => bucket('archive', options.archiveBucket),
    quarantine: () => bucket('quarantine', options.quarantineBucket),
    repositories: createDynamoRepositories({
      client: DynamoDBDocumentClient.from(dynamodb),
      tableName: options.table ?? telemetry,
      blockMinutes,
      clock: Date.now,
      random: Math.random,
    }),
    publish: createKinesisPublisher({
      client: kinesis,
      streamName: options.stream ?? telemetry,
      clock: Date.now,
      random: Math.random,
      sleep,
      onRefused: () => undefined,
    }),
    deviceGroups: options.deviceGroups,
    blockMs: blockMinutes * 60_000,
  };
}

/** Bucket names end in account and region, so they are looked up: the only one of the stage, or the one of the region. */
async function findBucket(client: S3Client, stage: string, kind: 'archive' | 'quarantine'): Promise<string> {
  const prefix = `weir-${stage}-${kind}-`;
  const names: string[] = [];
  for await (const { Buckets = [] } of paginateListBuckets({ client }, { Prefix: prefix })) {
    for (const { Name: name } of Buckets) if (name?.startsWith(prefix) === true) names.push(name);
  }
  const region = await client.config.region();
  const here = names.length === 1 ? names : names.filter((name) => name.endsWith(`-${region}`));
  const [found] = here;
  if (found !== undefined && here.length === 1) return found;
  const seen = names.length === 0 ? 'there is none' : `there are ${names.join(', ')}`;
  throw new OperationError(
    `Of buckets named ${prefix}… ${seen}: name it with --${kind}-bucket, or another --stage.`,
  );
}
