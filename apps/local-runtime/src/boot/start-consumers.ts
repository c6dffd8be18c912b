import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlannedResource } from '../assembly/assembly-plan.js';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { startEventSourceMapping } from '../engines/event-source-mapping/event-source-mapping.js';
import { startDeliveryStream } from '../engines/firehose/delivery-stream.js';
import { kinesisClient } from '../engines/kinesis/kinesis-engine.js';
import type { FaultedConsumer } from '../faults/faulted-consumer.js';
import { deliveryDefinition } from '../resources/delivery-stream.js';
import { mappingDefinition } from '../resources/event-source-mapping.js';
import {
  requireBucket,
  requireFunction,
  requireStream,
  resourcesOfType,
  type RunningCloud,
} from './boot-context.js';
import { checkMappingRole } from './check-mapping-role.js';
import { addFaultedConsumer } from './start-faults.js';

/** Starts what reads the streams: delivery streams and event source mappings. */
export async function startConsumers(cloud: RunningCloud): Promise<void> {
  const { plan, dataDir } = cloud.options;
  await mkdir(join(dataDir, 'checkpoints'), { recursive: true });
  for (const resource of resourcesOfType(plan, 'AWS::KinesisFirehose::DeliveryStream')) {
    await startDelivery(cloud, resource);
  }
  for (const resource of resourcesOfType(plan, 'AWS::Lambda::EventSourceMapping')) {
    await startMapping(cloud, resource);
  }
}

async function startDelivery(cloud: RunningCloud, resource: PlannedResource): Promise<void> {
  const { streamArn, bucket, ...definition } = deliveryDefinition(resource);
  const { client, streamName } = requireStream(cloud, streamArn, resource);
  const store = requireBucket(cloud, bucket, resource);
  const { dataDir, clock, random, notify } = cloud.options;
  const faulted = addFaultedConsumer(cloud, definition.deliveryStreamName);
  const delivery = await startDeliveryStream({
    ...definition,
    streamName,
    kinesis: consumerClient(cloud, client, faulted),
    checkpointFile: join(dataDir, 'checkpoints', `delivery-${definition.deliveryStreamName}.json`),
    clock,
    random,
    put: async (key, body) => {
      await faulted?.untilResumed();
      await store.put(bucket, key, body, { contentType: 'application/octet-stream', metadata: {} });
    },
    onTrouble: notify,
  });
  cloud.deliveries.push(delivery);
  cloud.shutdown.add(`The delivery stream ${definition.deliveryStreamName}`, () => delivery.close());
}

async function startMapping(cloud: RunningCloud, resource: PlannedResource): Promise<void> {
  const { onFailureBucket, functionName, eventCountMetrics, ...definition } = mappingDefinition(resource);
  const { client, streamName } = requireStream(cloud, definition.streamArn, resource);
  const lambda = requireFunction(cloud, functionName, resource);
  const failures =
    onFailureBucket === undefined ? undefined : requireBucket(cloud, onFailureBucket, resource);
  checkMappingRole(cloud, resource, lambda.functionName, {
    ...definition,
    ...(onFailureBucket === undefined ? {} : { onFailureBucket }),
  });
  const { plan, dataDir, clock, random } = cloud.options;
  const faulted = addFaultedConsumer(cloud, lambda.functionName);
  const mapping = await startEventSourceMapping({
    ...definition,
    streamName,
    functionName: lambda.functionName,
    kinesis: consumerClient(cloud, client, faulted),
    ...(failures === undefined || onFailureBucket === undefined
      ? {}
      : {
          onFailure: async (record: object, key: string) => {
            const body = Buffer.from(JSON.stringify(record));
            await failures.put(onFailureBucket, key, body, { contentType: 'application/json', metadata: {} });
          },
        }),
    checkpointFile: join(dataDir, 'checkpoints', `mapping-${definition.uuid}.json`),
    region: plan.environment.region,
    clock,
    random,
    // What is cut off comes again after the next start, so stopping need not wait long.
    closeWaitMs: 3_000,
    invoke: async (payload) => {
      await faulted?.untilResumed();
      return lambda.invoke(payload);
    },
    log: (message, fields) => {
      cloud.logs.add({
        functionName: `${lambda.functionName}-mapping`,
        timestampMs: clock(),
        stream: 'platform',
        message: JSON.stringify({ message, ...fields }),
      });
    },
    onIteratorAge: (ageMs) => {
      cloud.logs.metrics.add({
        namespace: 'AWS/Lambda',
        name: 'IteratorAge',
        unit: 'Milliseconds',
        dimensions: { FunctionName: lambda.functionName },
        values: [ageMs],
      });
    },
    onMetric: (name, value) => {
      const ofFunction = name === 'DestinationDeliveryFailures';
      if (!ofFunction && !eventCountMetrics) return;
      const dimensions: Readonly<Record<string, string>> = ofFunction
        ? { FunctionName: lambda.functionName }
        : { EventSourceMappingUUID: definition.uuid };
      cloud.logs.metrics.add({ namespace: 'AWS/Lambda', name, unit: 'Count', dimensions, values: [value] });
    },
  });
  cloud.mappings.push({
    streamName,
    functionName: lambda.functionName,
    lag: () => mapping.lag(),
    wake: () => mapping.wake(),
  });
  cloud.shutdown.add(`The event source mapping of ${lambda.functionName}`, () => mapping.close());
}

/** Faults of one consumer must not show in another, so each has a client of its own when there may be any. */
function consumerClient(
  cloud: RunningCloud,
  shared: KinesisClient,
  faulted: FaultedConsumer | undefined,
): KinesisClient {
  const endpoint = cloud.kinesis?.endpoint;
  if (faulted === undefined || endpoint === undefined) return shared;
  const own = faulted.equip(kinesisClient(endpoint, cloud.options.plan.environment.region));
  cloud.shutdown.add(`The Kinesis client of ${faulted.name}`, () => own.destroy());
  return own;
}
