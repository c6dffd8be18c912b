/** A replay cannot go on, for the one reason that the message says. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError';

  constructor(message: string, cause?: unknown) {
    super(message, { cause });
  }
}
