import { DynamoDBClient, PutItemCommand, type PutItemCommandInput } from '@aws-sdk/client-dynamodb';
import pLimit from 'p-limit';

/** Puts items with the AWS SDK as it comes, `concurrency` at once. */
export function createBarePuts(
  endpoint: string,
  concurrency: number,
): (puts: readonly PutItemCommandInput[]) => Promise<void> {
  const client = new DynamoDBClient({ endpoint });
  const limit = pLimit(concurrency);
  return async (puts) => {
    await Promise.all(puts.map((input) => limit(() => client.send(new PutItemCommand(input)))));
  };
}
