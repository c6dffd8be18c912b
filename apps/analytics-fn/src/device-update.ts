import type { MetricDefinition } from '@weir/dynamo-repo';
import {
  NAME_PATTERN,
  ProblemError,
  formatRfc3339,
  parseRfc3339,
  type FieldError,
} from '@weir/telemetry-schema';
import type { Schemas } from './contract.js';
import { validateDeviceUpdate, type ValidationError } from './generated/analytics.v1.validators.js';

/** A registry entry as a request describes it, checked. */
export interface DeviceUpdate {
  readonly siteId?: string;
  readonly model?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly metrics?: Readonly<Record<string, MetricDefinition>>;
  readonly effectiveFromMs: number;
}

interface HttpBody {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

const BODY_BYTES_MAX = 256 * 1024;
const LABEL_NAME_MAX = 128;

/**
 * Reads a registry entry out of a request.
 *
 * @param earliestMs the earliest `effectiveFrom` that may be asked for, and the one that holds where none is
 * @throws ProblemError 415 for what is not JSON by its media type, 413 over 256 KiB, 400 `malformed_json` for what does not
 * parse, and 400 `invalid_body` naming every field that is wrong
 */
export function readDeviceUpdate(request: HttpBody, earliestMs: number): DeviceUpdate {
  requireJson(request.headers);
  const bytes = request.body ?? Buffer.alloc(0);
  if (bytes.length > BODY_BYTES_MAX) {
    throw new ProblemError('payload_too_large', {
      detail: `The body has more than ${BODY_BYTES_MAX} bytes.`,
    });
  }
  const value = parseJson(bytes);
  if (!validateDeviceUpdate(value)) throw invalidBody((validateDeviceUpdate.errors ?? []).map(bodyError));
  const { effectiveFrom, ...update } = value as Partial<Schemas['DeviceUpdate']>;
  const effectiveFromMs = effectiveFrom === undefined ? earliestMs : parseRfc3339(effectiveFrom);
  const errors = [
    ...effectiveFromErrors(effectiveFromMs, earliestMs),
    ...labelErrors(update.labels ?? {}),
    ...metricErrors(update.metrics ?? {}),
  ];
  if (errors.length > 0 || effectiveFromMs === undefined) throw invalidBody(errors);
  return { ...update, effectiveFromMs };
}

function requireJson(headers: HttpBody['headers']): void {
  const contentType = headers['content-type'];
  if (contentType?.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    throw new ProblemError('unsupported_media_type', {
      detail: `Content-Type must be application/json, not ${contentType ?? 'absent'}.`,
    });
  }
  const coding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (coding === '' || coding === 'identity') return;
  throw new ProblemError('unsupported_media_type', {
    detail: `Content-Encoding must be identity, not ${coding}.`,
  });
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : 'The body is not UTF-8.';
    throw new ProblemError('malformed_json', { detail: reason.slice(0, 200) });
  }
}

/** What was sent takes effect only once no container of process-fn can still hold an older registry entry. */
function effectiveFromErrors(effectiveFromMs: number | undefined, earliestMs: number): FieldError[] {
  const field = '/effectiveFrom';
  if (effectiveFromMs === undefined) return [{ field, reason: 'must be an RFC 3339 time with zone' }];
  if (effectiveFromMs >= earliestMs) return [];
  return [
    {
      field,
      reason: `must not be earlier than ${formatRfc3339(earliestMs)}: what was measured before keeps its meaning`,
    },
  ];
}

function labelErrors(labels: Readonly<Record<string, string>>): FieldError[] {
  return Object.keys(labels)
    .filter((name) => name === '' || name.length > LABEL_NAME_MAX)
    .map((name) => ({
      field: `/labels/${pointerPart(name)}`,
      reason: `must have a name of 1 to ${LABEL_NAME_MAX} characters`,
    }));
}

function metricErrors(metrics: Readonly<Record<string, MetricDefinition>>): FieldError[] {
  return Object.entries(metrics).flatMap(([name, { scale, min, max }]) => {
    const field = `/metrics/${pointerPart(name)}`;
    const errors: FieldError[] = [];
    if (!NAME_PATTERN.test(name)) {
      errors.push({
        field,
        reason: 'must have a name of 1 to 128 of the characters A-Z, a-z, 0-9, ".", "_", ":" and "-"',
      });
    }
    if (scale === 0)
      errors.push({ field: `${field}/scale`, reason: 'must not be 0: every value would become the same' });
    if (min !== undefined && max !== undefined && min > max) {
      errors.push({ field: `${field}/min`, reason: `must not be greater than max, which is ${max}` });
    }
    return errors;
  });
}

function bodyError({ instancePath, keyword, params }: ValidationError): FieldError {
  if (keyword === 'additionalProperties') {
    const name = String(params['additionalProperty']);
    return { field: `${instancePath}/${pointerPart(name)}`, reason: 'is not a field of the contract' };
  }
  return { field: instancePath, reason: reasonOf(keyword, params) };
}

function reasonOf(keyword: string, params: Readonly<Record<string, unknown>>): string {
  const limit = String(params['limit']);
  switch (keyword) {
    case 'type':
      return params['type'] === 'number'
        ? 'must be a finite number'
        : `must be ${article(String(params['type']))}`;
    case 'format':
      return params['format'] === 'date-time'
        ? 'must be an RFC 3339 time with zone'
        : 'must be a finite number';
    case 'minLength':
      return 'must not be empty';
    case 'maxLength':
      return `must have at most ${limit} characters`;
    case 'maxProperties':
      return `must have at most ${limit} entries`;
    default:
      return 'must be 1 to 128 of the characters A-Z, a-z, 0-9, ".", "_", ":" and "-"';
  }
}

function article(type: string): string {
  return type === 'object' ? 'an object' : `a ${type}`;
}

/** A name within a JSON pointer (https://www.rfc-editor.org/rfc/rfc6901#section-3), cut to a length worth showing. */
function pointerPart(name: string): string {
  return name.slice(0, 128).replaceAll('~', '~0').replaceAll('/', '~1');
}

function invalidBody(errors: readonly FieldError[]): ProblemError {
  return new ProblemError('invalid_body', { errors });
}
