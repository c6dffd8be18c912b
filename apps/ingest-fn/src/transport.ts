import { json, toJson, type OperationHandlers } from '@weir/rest-api';
import {
  problemOf,
  ProblemError,
  type IngestComponents,
  type IngestOperations,
  type RejectionProblem,
} from '@weir/telemetry-schema';
import type { TelemetryOutcome } from './accept-telemetry.js';

/** A handler for every operation of the contract. */
export type IngestHandlers = OperationHandlers<IngestOperations>;

/** The contract's answer to what became of a request. */
export function telemetryResponse(outcome: TelemetryOutcome, requestId: string) {
  if (outcome.publishing.failed > 0) {
    throw new ProblemError('not_durable', {
      detail: 'Send the whole request again; that is safe.',
      retryAfterSeconds: 1,
    });
  }
  if (outcome.accepted === 0) return rejectionResponse(outcome, requestId);
  const receipt: IngestComponents['schemas']['TelemetryReceipt'] = {
    accepted: outcome.accepted,
    rejected: [...outcome.rejected],
    requestId,
  };
  return json(202, receipt);
}

/** 403 where the token is the reason for every rejection, else 422. */
function rejectionResponse({ rejected }: TelemetryOutcome, requestId: string) {
  const forbidden = rejected.every(({ code }) => code === 'device_not_allowed');
  const { status, ...problem } = problemOf(
    forbidden ? 'device_not_allowed' : 'no_acceptable_reading',
    { detail: `All ${rejected.length} readings were rejected.` },
    requestId,
  );
  const body: RejectionProblem = {
    ...problem,
    status: status === 403 ? 403 : 422,
    requestId,
    rejected: [...rejected],
  };
  return { status: body.status, mediaType: 'application/problem+json' as const, body: toJson(body) };
}
