import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { CreateTableCommand, type CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { enginesHere } from '@weir/dynamo-repo/testing';
import type { DesignOrder } from './design-process.js';
import type { MeasuredCost } from './measured-cost.js';
import type { WorkloadSettings } from './workload.js';

export interface CostsOfWorkload {
  readonly engine: string;
  readonly workload: string;
  readonly settings: WorkloadSettings;
  readonly costs: readonly MeasuredCost[];
}

const CONDITIONS = ['--import', 'tsx', '--conditions=@weir/source'];

/**
 * Runs every design through every workload, on each engine that runs here, each with a table and a process of its own.
 *
 * @param workloads by name
 * @param designs names of designs
 */
export async function measureDesigns(
  workloads: Readonly<Record<string, WorkloadSettings>>,
  designs: readonly string[],
  onProgress: (message: string) => void = () => undefined,
): Promise<CostsOfWorkload[]> {
  const measured: CostsOfWorkload[] = [];
  for (const { name: engineName, start } of enginesHere()) {
    const engine = await start();
    const proxy = fork(new URL('../metering/proxy-process.ts', import.meta.url), [engine.endpoint], {
      execArgv: CONDITIONS,
    });
    try {
      const port = await messageOf<number>(proxy);
      for (const [workload, settings] of Object.entries(workloads)) {
        const costs: MeasuredCost[] = [];
        for (const design of designs) {
          onProgress(`${engineName}: ${workload}, ${design}`);
          const tableName = `${design}-${measured.length}`;
          await engine.client.send(new CreateTableCommand({ ...TABLE, TableName: tableName }));
          const endpoint = `http://127.0.0.1:${port}`;
          costs.push(await runDesign({ design, tableName, endpoint, workload: settings }));
        }
        measured.push({ engine: engineName, workload, settings, costs });
      }
    } finally {
      proxy.disconnect();
      await engine.stop();
    }
  }
  return measured;
}

const TABLE = {
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
} satisfies Omit<CreateTableCommandInput, 'TableName'>;

async function runDesign(order: DesignOrder): Promise<MeasuredCost> {
  const child = fork(new URL('./design-process.ts', import.meta.url), {
    execArgv: CONDITIONS,
    // What a function logs goes nowhere, but is written as on Lambda.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...FUNCTION_VARIABLES, AWS_ENDPOINT_URL_DYNAMODB: order.endpoint },
  });
  child.send(order);
  return messageOf<MeasuredCost>(child);
}

const FUNCTION_VARIABLES = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_LAMBDA_FUNCTION_NAME: 'process-fn',
};

async function messageOf<Message>(child: ChildProcess): Promise<Message> {
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`a process of the benchmark ended with ${code ?? signal} before it answered`);
  });
  const [message] = await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => undefined);
  return message as Message;
}
