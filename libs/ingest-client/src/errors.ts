import { describeCause } from '@weir/client-core';

import type { Reading } from './reading.js';

/**
 * `close()` could not deliver everything. `undelivered` holds, in the order of `send`, the readings without an answer;
 * some of them may have arrived nevertheless, and sending them again is safe. `cause` says why.
 */
export class WeirUndeliveredError extends Error {
  override readonly name = 'WeirUndeliveredError';
  readonly code = 'undelivered';
  readonly undelivered: readonly Reading[];

  constructor(undelivered: readonly Reading[], cause: unknown) {
    super(`${undelivered.length} readings could not be delivered: ${describeCause(cause)}`, { cause });
    this.undelivered = undelivered;
  }
}

/** `send` was called after `close`. */
export class WeirClientClosedError extends Error {
  override readonly name = 'WeirClientClosedError';
  readonly code = 'client_closed';

  constructor() {
    super('The ingest client is closed');
  }
}
