/** Kinesis engine → runtime, over the IPC channel: records have been put since the last message. */
export interface PutMessage {
  readonly kind: 'put';
}

export function isPutMessage(message: unknown): message is PutMessage {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'put';
}
