import { instrument, METRIC, type Observability } from '@weir/observability';
import { createRestHandler, type ApiRequest } from '@weir/rest-api';
import { mayAccessDevice } from '@weir/telemetry-schema';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { acceptTelemetry, type TelemetryOutcome } from './accept-telemetry.js';
import { compose } from './compose.js';
import { OPERATIONS } from './generated/ingest.v1.operations.js';
import { readTelemetryBody } from './telemetry-body.js';
import { telemetryResponse, type IngestHandlers } from './transport.js';

const { observability, publish, deviceGroups, clock } = compose(process.env);

/** Leaves API Gateway's 29 seconds room for the answer. */
const PUBLISH_TIME_MAX_MS = 20_000;

const handlers: IngestHandlers = { postTelemetry };
const serve = createRestHandler({
  operations: OPERATIONS,
  handlers,
  observability,
  clock,
});

/** API Gateway proxy integration of the ingest API. */
export const handler = instrument<APIGatewayProxyEvent, APIGatewayProxyResult>(observability, serve);

async function postTelemetry(request: ApiRequest) {
  const receivedAtMs = clock();
  const readings = readTelemetryBody(request);
  const outcome = await observability.tracing.subsegment('## publish', (trace) =>
    acceptTelemetry(
      {
        requestId: request.requestId,
        readings,
        receivedAtMs,
        deviceGroups,
        deadlineMs: receivedAtMs + PUBLISH_TIME_MAX_MS,
        ...(trace === undefined ? {} : { trace }),
        mayWrite: (deviceId) => mayAccessDevice(request.principal, deviceId),
      },
      publish,
    ),
  );
  report(request.requestId, outcome, observability);
  return telemetryResponse(outcome, request.requestId);
}

function report(
  requestId: string,
  { accepted, rejected, envelopes, publishing }: TelemetryOutcome,
  { metrics, logger }: Observability,
): void {
  const durable = publishing.failed === 0;
  metrics.addMetric(METRIC.readingsAccepted, 'Count', durable ? accepted : 0);
  metrics.addMetric(METRIC.readingsRejected, 'Count', rejected.length);
  metrics.addMetric(METRIC.envelopesPublished, 'Count', envelopes - publishing.failed);
  metrics.addMetric(METRIC.publishRetries, 'Count', publishing.retries);
  logger.info('Telemetry was received.', {
    requestId,
    accepted,
    rejected: rejected.length,
    envelopes,
    ...publishing,
  });
}
