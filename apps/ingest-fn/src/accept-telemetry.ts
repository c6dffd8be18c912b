import { packEnvelopes, type PublishEnvelopes, type PublishOutcome } from '@weir/envelope-stream';
import { parseReading, type EnvelopeReading, type Rejection } from '@weir/telemetry-schema';

export interface TelemetryRequest {
  readonly requestId: string;
  /** The elements of `readings`, as sent. */
  readonly readings: readonly unknown[];
  readonly receivedAtMs: number;
  /** Into how many groups the stage divides its devices. */
  readonly deviceGroups: number;
  /** When the answer must be on its way. */
  readonly deadlineMs: number;
  readonly trace?: string;
  /** Whether the token allows this device. */
  readonly mayWrite: (deviceId: string) => boolean;
}

export interface TelemetryOutcome {
  readonly accepted: number;
  readonly rejected: readonly Rejection[];
  readonly envelopes: number;
  readonly publishing: PublishOutcome;
}

/**
 * Judges every reading by itself and publishes the acceptable ones. Nothing is published when none is acceptable. The
 * caller may promise durability (202) only where `publishing.failed` is 0.
 */
export async function acceptTelemetry(
  request: TelemetryRequest,
  publish: PublishEnvelopes,
): Promise<TelemetryOutcome> {
  const accepted: EnvelopeReading[] = [];
  const rejected: Rejection[] = [];
  request.readings.forEach((value, index) => {
    const parsed = parseReading(value, index, request.receivedAtMs);
    if (!parsed.ok) rejected.push(parsed.rejection);
    else if (request.mayWrite(parsed.reading.deviceId)) accepted.push(parsed.reading);
    else rejected.push(notAllowed(index));
  });
  const context = {
    receivedAt: request.receivedAtMs,
    requestId: request.requestId,
    ...(request.trace === undefined ? {} : { trace: request.trace }),
  };
  const envelopes = packEnvelopes(accepted, context, request.deviceGroups);
  const publishing =
    envelopes.length === 0 ? { failed: 0, retries: 0 } : await publish(envelopes, request.deadlineMs);
  return { accepted: accepted.length, rejected, envelopes: envelopes.length, publishing };
}

function notAllowed(index: number): Rejection {
  return {
    index,
    code: 'device_not_allowed',
    detail: `/readings/${index}/deviceId is not one that the token is bound to`,
  };
}
