import { instrument } from '@weir/observability';
import { createRestHandler } from '@weir/rest-api';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { compose } from './compose.js';
import { OPERATIONS } from './generated/analytics.v1.operations.js';
import { createOperations } from './operations.js';

const { config, observability, ports } = compose(process.env);

/** API Gateway proxy integration of the analytics API. */
export const handler = instrument<APIGatewayProxyEvent, APIGatewayProxyResult>(
  observability,
  createRestHandler({
    operations: OPERATIONS,
    handlers: createOperations(ports),
    observability,
    clock: ports.clock,
    allowOrigin: config.allowOrigin,
  }),
);
