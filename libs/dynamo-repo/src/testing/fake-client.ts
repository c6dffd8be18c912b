import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** One request as the fake sees it: the operation without `Command`, its input, and the signal that may abort it. */
export interface FakeRequest {
  readonly operation: string;
  readonly input: object;
  readonly signal: AbortSignal;
}

interface SentCommand {
  readonly constructor: { readonly name: string };
  readonly input: object;
}

/** A client whose every request is answered by `respond`, which may throw what the SDK would throw. No network. */
export function makeFakeClient(respond: (request: FakeRequest) => unknown): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
  });
  return Object.assign(DynamoDBDocumentClient.from(client), {
    send: async (command: SentCommand, { abortSignal }: { abortSignal: AbortSignal }) =>
      respond({
        operation: command.constructor.name.replace(/Command$/, ''),
        input: command.input,
        signal: abortSignal,
      }),
  });
}

/** An error as the SDK throws it, by name. */
export function makeServiceError(name: string, fields: object = {}): Error {
  return Object.assign(new Error(`the service says ${name}`), { name, ...fields });
}
