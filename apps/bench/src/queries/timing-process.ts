import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { setTime } from '../simulated-time.js';
import { askAll, type Api, type Question } from './ask-api.js';

/**
 * Answers questions as one container, in a process of its own, and sends the parent how long that took. It is bundled, so
 * that the loader of TypeScript is no part of a cold start.
 */

export interface TimingOrder {
  /** Address of the bundle. */
  readonly bundle: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Simulated time of the questions. */
  readonly timeMs: number;
  readonly questions: readonly Question[];
  /** How often each question is asked again once all have been answered. */
  readonly rounds: number;
}

/** In milliseconds. */
export interface Timings {
  /** Of the first question, the load of the module included. */
  readonly firstMs: number;
  /** Of each question in each round. */
  readonly roundsMs: readonly (readonly number[])[];
  /** Of a GetItem by the SDK alone, twice in each round. */
  readonly getItemMs: readonly number[];
}

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

async function answer({ bundle, environment, timeMs, questions, rounds }: TimingOrder): Promise<Timings> {
  Object.assign(process.env, environment);
  setTime(timeMs);
  let api: Api | undefined;
  const ask = async (question: Question): Promise<void> => {
    api ??= ((await import(bundle)) as { handler: Api }).handler;
    await askAll(question, api);
  };
  const [first, ...others] = questions;
  if (first === undefined) throw new RangeError('there is no question');
  const firstMs = await millisecondsOf(() => ask(first));
  const roundsMs = questions.map((): number[] => []);
  const getItemMs: number[] = [];
  if (rounds === 0) return { firstMs, roundsMs, getItemMs };

  const client = new DynamoDBClient({});
  const get = new GetItemCommand({
    TableName: environment['TABLE_NAME'],
    Key: { pk: { S: 'DIRECTORY' }, sk: { S: 'device-0' } },
    ConsistentRead: true,
  });
  const getOne = (): Promise<unknown> => client.send(get);
  for (const question of others) await ask(question);
  await getOne();
  for (let round = 0; round < rounds; round += 1) {
    getItemMs.push(await millisecondsOf(getOne));
    for (const [index, question] of questions.entries()) {
      roundsMs[index]?.push(await millisecondsOf(() => ask(question)));
    }
    getItemMs.push(await millisecondsOf(getOne));
  }
  return { firstMs, roundsMs, getItemMs };
}

process.on('disconnect', () => process.exit());
process.on('message', (order: TimingOrder) => {
  answer(order).then(
    (timings) => process.send?.(timings, () => process.exit()),
    (error: Error) => {
      process.stderr.write(`${error.stack}\n`);
      process.exit(1);
    },
  );
});
