import type { components } from './generated/ingest.v1.js';

type Schemas = components['schemas'];

/** What one device measured at one instant. */
export type Reading = Schemas['Reading'];

/** What the API says about the readings of one request. */
export type TelemetryReceipt = Schemas['TelemetryReceipt'];

/** Why one reading can never be accepted. */
export interface Rejection {
  /** Stable, for programs. `payload_too_large` is this client's own: the reading alone is over the API's limit. */
  code: Schemas['Rejection']['code'] | 'payload_too_large';
  /** For people. */
  detail: string;
  /** Quote it when asking about the request. */
  requestId: string | undefined;
}
