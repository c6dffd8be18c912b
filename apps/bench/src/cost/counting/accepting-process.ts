import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { loadBundle } from '../../bundles.js';
import { LAMBDA_CONTEXT } from '../../lambda-context.js';
import { MINUTE_MS, START_MS, readingsAt } from '../../readings.js';
import { telemetryPost } from '../../telemetry-post.js';

/** Has ingest-fn accept requests, in a process of its own, and sends what it took to the parent. */

export interface AcceptingOrder {
  readonly devices: number;
  /** Readings of each device in a request. */
  readonly perDevice: number;
  readonly metrics: number;
  readonly requests: number;
}

export interface AcceptingWork {
  readonly cpuMicros: number;
  /** Of the last request's answer. */
  readonly answerBytes: number;
}

const handler = await loadBundle<APIGatewayProxyEvent, APIGatewayProxyResult>('ingest-fn', {
  STREAM_NAME: 'telemetry',
  STAGE: 'bench',
});

async function accept({ devices, perDevice, metrics, requests }: AcceptingOrder): Promise<AcceptingWork> {
  const posts = Array.from({ length: requests }, (_, request) => {
    const readings = readingsAt({ devices, metrics }, START_MS + request * perDevice * MINUTE_MS, perDevice);
    return telemetryPost(JSON.stringify({ readings }));
  });
  const before = process.cpuUsage();
  let answerBytes = 0;
  for (const post of posts) {
    const { statusCode, body } = await handler(post, LAMBDA_CONTEXT);
    if (statusCode !== 202) throw new Error(`ingest-fn answered ${statusCode}: ${body}`);
    answerBytes = Buffer.byteLength(body);
  }
  const { user, system } = process.cpuUsage(before);
  return { cpuMicros: user + system, answerBytes };
}

process.on('disconnect', () => process.exit());
process.on('message', (order: AcceptingOrder) => {
  accept(order).then(
    (work) => process.send?.(work),
    (error: Error) => {
      process.stderr.write(`ingest-fn, ${JSON.stringify(order)}: ${error.stack}\n`);
      process.exit(1);
    },
  );
});
