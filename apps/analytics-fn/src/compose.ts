import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { createDynamoRepositories } from '@weir/dynamo-repo';
import { createObservability, loadTracer, type Observability } from '@weir/observability';
import { readConfig, type Config } from './config.js';
import type { AnalyticsPorts } from './operations.js';

export interface Composition {
  readonly config: Config;
  readonly observability: Observability;
  readonly ports: AnalyticsPorts;
}

/** A site's page asks for eight devices at once, and the directory for sixteen lines. */
const SOCKETS_MAX = 32;

/**
 * Builds everything once a cold start.
 *
 * @throws Error naming a variable of the environment that is missing or wrong
 */
export function compose(environment: Readonly<Record<string, string | undefined>>): Composition {
  const config = readConfig(environment);
  const observability = createObservability('analytics-fn', config.stage, { loadTracer });
  const client = observability.tracing.captureClient(dynamoClient());
  const repositories = createDynamoRepositories({
    client: DynamoDBDocumentClient.from(client),
    tableName: config.tableName,
    blockMinutes: config.blockMinutes,
    clock: Date.now,
    random: Math.random,
  });
  const ports: AnalyticsPorts = {
    repositories,
    clock: Date.now,
    blockMs: config.blockMinutes * 60_000,
    registryCacheMs: config.registryCacheMs,
    observability,
  };
  return { config, observability, ports };
}

/** The repositories try again by themselves, within the request's deadline, hence a single attempt here. */
function dynamoClient(): DynamoDBClient {
  const agent = { keepAlive: true, maxSockets: SOCKETS_MAX };
  return new DynamoDBClient({
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 1_000,
      requestTimeout: 3_000,
      httpAgent: agent,
      httpsAgent: agent,
    }),
  });
}
