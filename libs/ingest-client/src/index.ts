export { WeirClientClosedError, WeirUndeliveredError } from './errors.js';
export { createIngestClient } from './ingest-client.js';
export type { IngestClient, IngestStats } from './ingest-client.js';
export type { IngestClientOptions } from './options.js';
export type { Reading, Rejection, TelemetryReceipt } from './reading.js';
export { WeirProblemError, WeirTransportError } from '@weir/client-core';
export type {
  ClientRuntime,
  FetchFunction,
  FieldError,
  ProblemCode,
  RetryEvent,
  RetryOptions,
  TokenSource,
  TransportErrorCode,
} from '@weir/client-core';
