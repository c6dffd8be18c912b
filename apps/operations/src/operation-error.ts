/** What was asked for cannot be done. The message is a sentence for the operator. */
export class OperationError extends Error {
  override readonly name = 'OperationError';
}
