/** The command line makes no sense. The message is one sentence that names the option. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
