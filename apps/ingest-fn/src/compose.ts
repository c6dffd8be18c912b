import { setTimeout as sleep } from 'node:timers/promises';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { createKinesisPublisher, type PublishEnvelopes } from '@weir/envelope-stream';
import { createObservability, loadTracer, type Observability } from '@weir/observability';
import { readConfig } from './config.js';

export interface Composition {
  readonly observability: Observability;
  readonly publish: PublishEnvelopes;
  /** Into how many groups the stage divides its devices. */
  readonly deviceGroups: number;
  readonly clock: () => number;
}

/** Builds everything once a cold start. */
export function compose(environment: Readonly<Record<string, string | undefined>>): Composition {
  const config = readConfig(environment);
  const observability = createObservability('ingest-fn', config.stage, { loadTracer });
  const client = observability.tracing.captureClient(
    new KinesisClient({
      maxAttempts: 1,
      requestHandler: new NodeHttpHandler({ connectionTimeout: 1000, requestTimeout: 5000 }),
    }),
  );
  const publish = createKinesisPublisher({
    client,
    streamName: config.streamName,
    clock: Date.now,
    random: Math.random,
    sleep,
    onRefused: (refusal) => observability.logger.warn('Kinesis refused records.', refusal),
  });
  return { observability, publish, deviceGroups: config.deviceGroups, clock: Date.now };
}
