import { writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import type { LambdaHandler } from '../bundles.js';
import { LAMBDA_CONTEXT } from '../lambda-context.js';

/**
 * Is one container, in a process of its own: loads a bundle, has it answer one event, and says what that took. The order comes as
 * an argument and the result leaves by a pipe: a channel to the parent would have loaded modules that clients need as well.
 */

export interface ColdStartOrder {
  /** Address of the bundle. */
  readonly bundle: string;
  readonly event: unknown;
}

/** CPU time in milliseconds, the threads of the process included. */
export interface ColdStart {
  readonly loadMs: number;
  /** From the beginning of the load to the answer. */
  readonly answeredMs: number;
  readonly answer: unknown;
}

/** The file descriptor that the result is written to. */
const RESULT = 3;

async function start({ bundle, event }: ColdStartOrder): Promise<ColdStart> {
  const before = process.cpuUsage();
  const spentMs = (): number => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  const { handler } = (await import(bundle)) as { handler: LambdaHandler<unknown, unknown> };
  const loadMs = spentMs();
  const answer = await handler(event, LAMBDA_CONTEXT);
  return { loadMs, answeredMs: spentMs(), answer };
}

const order = deserialize(Buffer.from(process.argv[1] ?? '', 'base64')) as ColdStartOrder;
writeFileSync(RESULT, serialize(await start(order)));
process.exit();
