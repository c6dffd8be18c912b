import { gunzipSync } from 'node:zlib';
import { ProblemError, READINGS_PER_REQUEST_MAX, REQUEST_BYTES_MAX } from '@weir/telemetry-schema';

interface HttpBody {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

/**
 * Reads the readings out of a request, each as it was sent and not yet judged.
 *
 * @throws ProblemError 415 for another media type or compression, 413 over 5 MiB inflated, 400 for what is not JSON or
 * not `{ "readings": [1 to 5,000 elements] }`.
 */
export function readTelemetryBody(request: HttpBody): readonly unknown[] {
  requireJson(request.headers['content-type']);
  const bytes = inflate(request.body ?? Buffer.alloc(0), request.headers['content-encoding']);
  if (bytes.length > REQUEST_BYTES_MAX) throw tooLarge();
  return readingsOf(parseJson(bytes));
}

function requireJson(contentType: string | undefined): void {
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase();
  if (mediaType === 'application/json') return;
  throw new ProblemError('unsupported_media_type', {
    detail: `Content-Type must be application/json, not ${contentType ?? 'absent'}.`,
  });
}

/** Inflates no further than the limit, so that a small body cannot claim a large memory. */
function inflate(body: Buffer, encoding: string | undefined): Buffer {
  const coding = encoding?.trim().toLowerCase() ?? 'identity';
  if (coding === 'identity' || coding === '') return body;
  if (coding !== 'gzip') {
    throw new ProblemError('unsupported_media_type', {
      detail: `Content-Encoding must be gzip or identity, not ${encoding}.`,
    });
  }
  try {
    return gunzipSync(body, { maxOutputLength: REQUEST_BYTES_MAX });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new ProblemError('invalid_body', {
      detail: 'The body is not the gzip that Content-Encoding says.',
    });
  }
}

function tooLarge(): ProblemError {
  return new ProblemError('payload_too_large', {
    detail: `The body inflates to more than ${REQUEST_BYTES_MAX} bytes.`,
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

function readingsOf(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('', 'must be an object');
  }
  const unknownField = Object.keys(value).find((name) => name !== 'readings');
  if (unknownField !== undefined) {
    throw invalid('', `has the unknown field ${JSON.stringify(unknownField.slice(0, 64))}`);
  }
  const readings = (value as { readings?: unknown }).readings;
  if (!Array.isArray(readings)) throw invalid('/readings', 'must be an array');
  if (readings.length === 0) throw invalid('/readings', 'must have at least 1 element');
  if (readings.length > READINGS_PER_REQUEST_MAX) {
    throw invalid(
      '/readings',
      `must have at most ${READINGS_PER_REQUEST_MAX} elements, not ${readings.length}`,
    );
  }
  return readings;
}

function invalid(field: string, reason: string): ProblemError {
  return new ProblemError('invalid_body', {
    detail: `${field === '' ? 'The body' : field} ${reason}.`,
    errors: [{ field, reason }],
  });
}
