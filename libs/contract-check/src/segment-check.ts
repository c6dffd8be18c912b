import { Ajv } from 'ajv';
import { SEGMENT_SCHEMA } from './segment-schema.js';

/** What X-Ray takes of one document, in bytes of its JSON. */
const DOCUMENT_BYTES_MAX = 64 * 1024;

const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(SEGMENT_SCHEMA);

/** What is wrong with a segment document that is sent to X-Ray, one sentence each; empty when X-Ray takes it. */
export function segmentViolations(document: unknown): string[] {
  const sizeBytes = Buffer.byteLength(JSON.stringify(document) ?? '');
  const tooLarge =
    sizeBytes > DOCUMENT_BYTES_MAX ? [`document: ${sizeBytes} bytes are more than 64 KiB`] : [];
  if (validate(document)) return tooLarge;
  const wrong = (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const name = (params as { propertyName?: string }).propertyName;
    return `document${instancePath}: ${message ?? 'is wrong'}${name === undefined ? '' : ` (${name})`}`;
  });
  return [...tooLarge, ...wrong];
}
