import { NAME_PATTERN } from './limits.js';

/** A reading as it travels: checked, its timestamp in epoch milliseconds. */
export interface EnvelopeReading {
  readonly deviceId: string;
  readonly timestamp: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Absent means 0. */
  readonly revision?: number;
}

/** What one Kinesis record carries. */
export interface Envelope {
  readonly version: 1;
  /**
   * When ingest-fn took the request, in epoch milliseconds. Where the readings of a device group need several envelopes,
   * each stands one millisecond after the one before, so that the order of the request survives.
   */
  readonly receivedAt: number;
  readonly requestId: string;
  /** Trace context of the publishing segment, as in the `X-Amzn-Trace-Id` header. */
  readonly trace?: string;
  readonly readings: readonly EnvelopeReading[];
}

export type EnvelopeErrorCode = 'envelope_invalid' | 'envelope_version_unknown';

/** The text is no envelope that this version reads. Permanent: trying again does not help. */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError';

  constructor(
    readonly code: EnvelopeErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/**
 * One line of NDJSON. Each record is a gzip member of its own, so the archive's concatenated records are a valid `.gz`
 * file of one envelope a line (https://www.rfc-editor.org/rfc/rfc1952#section-2.2).
 */
export function encodeEnvelope(envelope: Envelope): string {
  const { version, receivedAt, requestId, trace, readings } = envelope;
  return `${JSON.stringify({ version, receivedAt, requestId, trace, readings })}\n`;
}

/**
 * Reads what {@link encodeEnvelope} wrote, trusting nothing: anybody may put a record on the stream.
 *
 * @throws EnvelopeError naming the field and the reason.
 */
export function decodeEnvelope(text: string): Envelope {
  const value = parseJson(text);
  if (!isObject(value)) throw invalid('the envelope', 'is not an object');
  if (value['version'] !== 1) {
    throw new EnvelopeError(
      'envelope_version_unknown',
      `version ${JSON.stringify(value['version'])} is unknown`,
    );
  }
  const { receivedAt, requestId, trace, readings } = value;
  if (!isTime(receivedAt)) throw invalid('receivedAt', 'is not in epoch milliseconds');
  if (typeof requestId !== 'string') throw invalid('requestId', 'is not a string');
  if (trace !== undefined && typeof trace !== 'string') throw invalid('trace', 'is not a string');
  if (!Array.isArray(readings)) throw invalid('readings', 'is not an array');
  const names = new Set<string>();
  readings.forEach((reading, index) => checkReading(reading, index, names));
  return {
    version: 1,
    receivedAt,
    requestId,
    ...(trace === undefined ? {} : { trace }),
    readings: readings as EnvelopeReading[],
  };
}

/** @param names those of the envelope that were found good: its readings mostly share them */
function checkReading(reading: unknown, index: number, names: Set<string>): void {
  const fail = (field: string, reason: string): EnvelopeError => invalid(`readings/${index}${field}`, reason);
  if (!isObject(reading)) throw fail('', 'is not an object');
  const { deviceId, timestamp, metrics, revision } = reading;
  if (typeof deviceId !== 'string' || !isName(deviceId, names)) {
    throw fail('/deviceId', 'is not a device id');
  }
  if (!isTime(timestamp)) throw fail('/timestamp', 'is not in epoch milliseconds');
  if (revision !== undefined && !isTime(revision)) {
    throw fail('/revision', 'is not an integer of at least 0');
  }
  if (!isObject(metrics)) throw fail('/metrics', 'is not an object');
  for (const name in metrics) {
    if (!isName(name, names)) throw fail('/metrics', `has a name that is none: ${JSON.stringify(name)}`);
    if (!Number.isFinite(metrics[name])) throw fail(`/metrics/${name}`, 'is not a finite number');
  }
}

function isName(text: string, names: Set<string>): boolean {
  if (names.has(text)) return true;
  if (!NAME_PATTERN.test(text)) return false;
  names.add(text);
  return true;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid('the envelope', `is not JSON: ${(error as Error).message}`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function invalid(field: string, reason: string): EnvelopeError {
  return new EnvelopeError('envelope_invalid', `${field} ${reason}`);
}
