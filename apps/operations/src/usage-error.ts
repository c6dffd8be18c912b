/** The command line makes no sense. The message names what is wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
