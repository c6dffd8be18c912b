import { setTimeout as sleep } from 'node:timers/promises';
import { CallJournal } from './call-journal.js';

type Middleware = (
  next: (args: object) => Promise<object>,
  context: { clientName: string; commandName: string },
) => (args: object) => Promise<object>;

/** A client with the SDK's middleware stack and nothing behind it: `answer` stands for the service. */
function makeClient(answer: (input: object) => Promise<object>) {
  const middlewares: Middleware[] = [];
  return {
    config: { region: async () => 'eu-west-1' },
    middlewareStack: { add: (middleware: Middleware) => void middlewares.push(middleware) },
    send(commandName: string, input: object): Promise<object> {
      const service = ({ input: sent }: { input?: object }) => answer(sent ?? {});
      const handler = middlewares.reduce<(args: object) => Promise<object>>(
        (next, middleware) => middleware(next, { clientName: 'DynamoDBClient', commandName }),
        service,
      );
      return handler({ input });
    },
  };
}

const OK = { output: { $metadata: { httpStatusCode: 200, requestId: 'r', attempts: 3 } } };

describe('the journal of calls', () => {
  let nowMs = 0;
  const journal = new CallJournal(() => (nowMs += 1));

  it('puts each call down to the piece of work that made it, however they interleave', async () => {
    const client = journal.attach(
      makeClient(async () => {
        await sleep(1);
        return OK;
      }),
    );
    journal.open();
    await Promise.all(
      ['a', 'b'].map((device) =>
        journal.within(device, async () => {
          await client.send('PutItemCommand', { TableName: `table-of-${device}` });
          await client.send('BatchGetItemCommand', { RequestItems: { [`table-of-${device}`]: {} } });
        }),
      ),
    );
    const pieces = journal.close();
    for (const device of ['a', 'b']) {
      expect(pieces.get(device)?.calls).toMatchObject([
        {
          service: 'DynamoDB',
          operation: 'PutItem',
          tableName: `table-of-${device}`,
          retries: 2,
          status: 200,
        },
        {
          service: 'DynamoDB',
          operation: 'BatchGetItem',
          tableName: `table-of-${device}`,
          region: 'eu-west-1',
        },
      ]);
    }
  });

  it('notes how a call failed, and lets it fail', async () => {
    const failure = Object.assign(new Error('no'), { name: 'Throttled', $metadata: { httpStatusCode: 400 } });
    const client = journal.attach(makeClient(() => Promise.reject(failure)));
    journal.open();
    await expect(journal.within('a', () => client.send('QueryCommand', {}))).rejects.toBe(failure);
    expect(journal.close().get('a')?.calls).toMatchObject([
      { operation: 'Query', errorName: 'Throttled', status: 400 },
    ]);
  });

  it('keeps the first 64 calls and counts the others', async () => {
    const client = journal.attach(makeClient(async () => OK));
    journal.open();
    await journal.within('a', async () => {
      for (let call = 0; call < 70; call += 1) await client.send('PutItemCommand', {});
    });
    expect(journal.close().get('a')).toMatchObject({ calls: { length: 64 }, omitted: 6 });
  });

  it('notes nothing while it is closed, nor outside of any piece of work', async () => {
    const client = journal.attach(makeClient(async () => OK));
    await journal.within('a', () => client.send('PutItemCommand', {}));
    journal.open();
    await client.send('PutItemCommand', {});
    expect([...journal.close()]).toEqual([]);
  });
});
