import type { EnvelopeReading } from './envelope.js';
import type { components } from './generated/ingest.v1.js';
import { validateReading, type ValidationError } from './generated/ingest.v1.validators.js';
import { FUTURE_TOLERANCE_MS, NAME_PATTERN, TIMESTAMP_MIN_MS } from './limits.js';
import { parseRfc3339 } from './timestamp.js';

export type Reading = components['schemas']['Reading'];
export type Rejection = components['schemas']['Rejection'];
export type RejectionCode = Rejection['code'];

export type ParsedReading =
  | { readonly ok: true; readonly reading: EnvelopeReading }
  | { readonly ok: false; readonly rejection: Rejection };

/**
 * Judges one reading of a request by the contract and the limits of DESIGN §4.
 *
 * @param value the element of `readings` at `index`, as it was sent
 * @param nowMs the time of the request in epoch milliseconds, against which "in the future" is meant
 * @returns the reading as it travels on, or a rejection that names the field and the reason
 */
export function parseReading(value: unknown, index: number, nowMs: number): ParsedReading {
  const reject = (code: RejectionCode, field: string, reason: string): ParsedReading => ({
    ok: false,
    rejection: { index, code, detail: `/readings/${index}${field} ${reason}` },
  });

  if (!validateReading(value)) {
    const { code, field, reason } = explain(validateReading.errors?.[0]);
    return reject(code, field, reason);
  }
  const { deviceId, timestamp, metrics, revision } = value as Reading;
  const timestampMs = typeof timestamp === 'number' ? timestamp : parseRfc3339(timestamp);
  if (timestampMs === undefined) return reject('invalid_timestamp', '/timestamp', TIMESTAMP_REASON);
  if (timestampMs < TIMESTAMP_MIN_MS) {
    return reject('timestamp_too_old', '/timestamp', 'is before 2000-01-01T00:00:00Z');
  }
  if (timestampMs > nowMs + FUTURE_TOLERANCE_MS) {
    return reject('timestamp_in_future', '/timestamp', 'is more than 5 minutes in the future');
  }
  for (const name in metrics) {
    if (!NAME_PATTERN.test(name)) {
      return reject(
        'invalid_metric_name',
        '/metrics',
        `has the name ${quote(name)}, which is not ${NAME_PATTERN.source}`,
      );
    }
  }
  return {
    ok: true,
    reading: { deviceId, timestamp: timestampMs, metrics, ...(revision ? { revision } : {}) },
  };
}

const TIMESTAMP_REASON = 'must be epoch milliseconds or an RFC 3339 date-time with zone';

const MISSING: Readonly<Record<string, RejectionCode>> = {
  deviceId: 'invalid_device_id',
  timestamp: 'invalid_timestamp',
  metrics: 'invalid_metrics',
};

/** Turns the validator's first finding into the contract's code, the field and a reason. */
function explain(error: ValidationError | undefined): { code: RejectionCode; field: string; reason: string } {
  const path = error?.instancePath ?? '';
  const reason = error?.message ?? 'is not a reading';
  if (path === '') {
    if (error?.keyword === 'required') {
      const property = String(error.params['missingProperty']);
      return { code: MISSING[property] ?? 'invalid_reading', field: `/${property}`, reason: 'is missing' };
    }
    if (error?.keyword === 'additionalProperties') {
      const property = String(error.params['additionalProperty']);
      return { code: 'unknown_field', field: '', reason: `has the unknown field ${quote(property)}` };
    }
    return { code: 'invalid_reading', field: '', reason };
  }
  if (path === '/deviceId') return { code: 'invalid_device_id', field: path, reason };
  if (path === '/timestamp') return explainTimestamp(error);
  if (path === '/revision') return { code: 'invalid_revision', field: path, reason };
  if (path === '/metrics') {
    const tooMany = error?.keyword === 'maxProperties';
    return { code: tooMany ? 'too_many_metrics' : 'invalid_metrics', field: path, reason };
  }
  return {
    code: 'invalid_metric_value',
    field: path.length > 200 ? '/metrics' : path,
    reason: 'must be a finite number',
  };
}

function explainTimestamp(error: ValidationError | undefined): ReturnType<typeof explain> {
  const field = '/timestamp';
  if (error?.keyword === 'minimum') {
    return { code: 'timestamp_too_old', field, reason: 'is before 2000-01-01T00:00:00Z' };
  }
  return { code: 'invalid_timestamp', field, reason: TIMESTAMP_REASON };
}

/** Names come from outside: quoted and bounded before they stand in an answer. */
function quote(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
}
