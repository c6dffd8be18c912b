export { DEVICE_GROUPS, deviceGroup, hashKeyOf, partitionKeyOf } from './device-group.js';
export {
  decodeEnvelope,
  encodeEnvelope,
  EnvelopeError,
  type Envelope,
  type EnvelopeErrorCode,
  type EnvelopeReading,
} from './envelope.js';
export type {
  components as IngestComponents,
  operations as IngestOperations,
} from './generated/ingest.v1.js';
export {
  FUTURE_TOLERANCE_MS,
  NAME_PATTERN,
  READINGS_PER_REQUEST_MAX,
  REQUEST_BYTES_MAX,
  TIMESTAMP_MIN_MS,
} from './limits.js';
export { mayAccessDevice, type Principal } from './principal.js';
export {
  ProblemError,
  problemOf,
  PROBLEMS,
  type FieldError,
  type Problem,
  type ProblemCode,
  type ProblemOptions,
  type RejectionProblem,
} from './problem.js';
export type { QuarantineReason } from './quarantine-reason.js';
export {
  parseReading,
  type ParsedReading,
  type Reading,
  type Rejection,
  type RejectionCode,
} from './reading.js';
export { formatRfc3339, parseRfc3339 } from './timestamp.js';
