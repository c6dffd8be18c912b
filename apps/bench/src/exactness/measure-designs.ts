import { fork } from 'node:child_process';
import { CreateTableCommand, type CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { enginesHere } from '@weir/dynamo-repo/testing';
import { FUNCTION_VARIABLES, NODE_OPTIONS, messageOf, startProxyProcess } from '../child-process.js';
import type { DesignOrder } from './design-process.js';
import type { MeasuredCost } from './measured-cost.js';
import type { WorkloadSettings } from './workload.js';

export interface CostsOfWorkload {
  readonly engine: string;
  readonly workload: string;
  readonly settings: WorkloadSettings;
  readonly costs: readonly MeasuredCost[];
}

/**
 * Runs every design through every workload, on each engine that runs here, each with a table and a process of its own.
 *
 * @param workloads by name
 * @param designs names of designs
 */
export async function* measureDesigns(
  workloads: Readonly<Record<string, WorkloadSettings>>,
  designs: readonly string[],
  onProgress: (message: string) => void = () => undefined,
): AsyncGenerator<CostsOfWorkload> {
  let tables = 0;
  for (const { name: engineName, start } of enginesHere()) {
    const engine = await start();
    const proxy = await startProxyProcess(engine.endpoint);
    try {
      for (const [workload, settings] of Object.entries(workloads)) {
        const costs: MeasuredCost[] = [];
        for (const design of designs) {
          onProgress(`${engineName}: ${workload}, ${design}`);
          const tableName = `${design}-${(tables += 1)}`;
          await engine.client.send(new CreateTableCommand({ ...TABLE, TableName: tableName }));
          const { endpoint } = proxy;
          costs.push(await runDesign({ design, tableName, endpoint, workload: settings }));
        }
        yield { engine: engineName, workload, settings, costs };
      }
    } finally {
      proxy.stop();
      await engine.stop();
    }
  }
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
    execArgv: NODE_OPTIONS,
    // What a function logs goes nowhere, but is written as on Lambda.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      ...FUNCTION_VARIABLES,
      AWS_LAMBDA_FUNCTION_NAME: 'process-fn',
      AWS_ENDPOINT_URL_DYNAMODB: order.endpoint,
    },
  });
  child.send(order);
  return messageOf<MeasuredCost>(child);
}
