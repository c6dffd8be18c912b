import { fork } from 'node:child_process';
import {
  CreateTableCommand,
  DeleteTableCommand,
  ScanCommand,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { itemSizeBytes } from '@weir/dynamo-repo';
import { enginesHere } from '@weir/dynamo-repo/testing';
import { FUNCTION_VARIABLES, NODE_OPTIONS, messageOf, startProxyProcess } from '../../child-process.js';
import { TABLE } from '../../table.js';
import type { CpuMicros, StoringUnits } from '../counted-units.js';
import type { StoringOrder, StoringWork } from './storing-process.js';

/** What DynamoDB adds to each item that is stored. */
const ITEM_OVERHEAD_BYTES = 100;
const READINGS_A_BLOCK = 60;
/** Two that are not measured, and a day, so that each level of rollups is written. */
const HOURS = 26;

type Order = Omit<StoringOrder, 'endpoint' | 'tableName'>;
type Work = StoringWork & { readonly storedBytes: number; readonly logBytes: number };
type Store = (order: Order) => Promise<Work>;

export interface CountedStoring {
  readonly storing: readonly StoringUnits[];
  readonly cpuMicros: CpuMicros;
  readonly logBytesABatch: number;
}

/** Counts what process-fn takes to store, as it is deployed, on dynoxide, which charges as AWS documents. */
export function countStoring(): Promise<CountedStoring> {
  return onEngine(async (store) => {
    const storing: StoringUnits[] = [];
    for (const blockMinutes of [10, 60])
      for (const metrics of [3, 5]) storing.push(await countBlocks(store, blockMinutes, metrics));
    return { storing, ...(await countInvocations(store)) };
  });
}

/** Only one kind of blocks, which takes a few seconds. */
export function countBlocksOf(blockMinutes: number, metrics: number): Promise<StoringUnits> {
  return onEngine((store) => countBlocks(store, blockMinutes, metrics));
}

async function onEngine<Result>(count: (store: Store) => Promise<Result>): Promise<Result> {
  const { start } = enginesHere().find(({ name }) => name === 'dynoxide') ?? {};
  if (start === undefined) throw new Error('counting needs dynoxide, which is not built for this platform');
  const engine = await start();
  const proxy = await startProxyProcess(engine.endpoint);
  const tableName = 'counted';
  const store: Store = async (order) => {
    await engine.client.send(new CreateTableCommand({ ...TABLE, TableName: tableName }));
    const child = fork(new URL('./storing-process.ts', import.meta.url), {
      execArgv: NODE_OPTIONS,
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: { ...process.env, ...FUNCTION_VARIABLES, AWS_LAMBDA_FUNCTION_NAME: 'process-fn' },
    });
    let logBytes = 0;
    child.stdout?.on('data', (chunk: Buffer) => (logBytes += chunk.byteLength));
    child.send({ ...order, endpoint: proxy.endpoint, tableName } satisfies StoringOrder);
    const work = await messageOf<StoringWork>(child);
    child.disconnect();
    let storedBytes = 0;
    let ExclusiveStartKey: ScanCommandOutput['LastEvaluatedKey'];
    do {
      const page: ScanCommandOutput = await engine.client.send(
        new ScanCommand({ TableName: tableName, ExclusiveStartKey }),
      );
      for (const item of page.Items ?? [])
        storedBytes += itemSizeBytes(unmarshall(item)) + ITEM_OVERHEAD_BYTES;
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    await engine.client.send(new DeleteTableCommand({ TableName: tableName }));
    return { ...work, storedBytes, logBytes };
  };
  try {
    return await count(store);
  } finally {
    proxy.stop();
    await engine.stop();
  }
}

/**
 * From two ways to cut the same day into batches: what a batch takes, and what is left for the block. Batches come further
 * apart than a registry cache's age, so that each asks for changes of the registry.
 */
async function countBlocks(store: Store, blockMinutes: number, metrics: number): Promise<StoringUnits> {
  const intervalSeconds = (blockMinutes * 60) / READINGS_A_BLOCK;
  const order = { devices: 1, metrics, intervalSeconds, blockMinutes, hours: HOURS };
  const few = await store({ ...order, perBatch: 20 });
  const many = await store({ ...order, perBatch: 10 });
  const blocks = few.readings / READINGS_A_BLOCK;
  const ofABatch = (unit: 'writeUnits' | 'readUnits'): number =>
    (many.meter[unit] - few.meter[unit]) / (many.batches - few.batches);
  const ofABlock = (unit: 'writeUnits' | 'readUnits'): number =>
    (few.meter[unit] - ofABatch(unit) * few.batches) / blocks;
  return {
    blockMinutes,
    metrics,
    writeUnitsABatch: rounded(ofABatch('writeUnits')),
    readUnitsAPoll: rounded(ofABatch('readUnits')),
    writeUnitsABlock: rounded(ofABlock('writeUnits')),
    readUnitsABlock: rounded(ofABlock('readUnits')),
    storedBytesAReading: Math.round(few.storedBytes / ((HOURS * 3600) / intervalSeconds)),
  };
}

/** From one device and twenty, one reading and ten a batch. */
async function countInvocations(store: Store) {
  const order = { metrics: 3, intervalSeconds: 60, blockMinutes: 60, hours: HOURS / 2 };
  const one = await store({ ...order, devices: 1, perBatch: 10 });
  const single = await store({ ...order, devices: 20, perBatch: 1 });
  const ten = await store({ ...order, devices: 20, perBatch: 10 });
  const cpu = ({ cpuMicros, batches }: Work): number => cpuMicros / batches;
  const aReading = Math.max(0, (cpu(ten) - cpu(single)) / (20 * 9));
  const aDevice = (cpu(ten) - cpu(one)) / 19 - 10 * aReading;
  return {
    cpuMicros: {
      anInvocation: significant(Math.max(0, cpu(one) - aDevice - 10 * aReading)),
      aDevice: significant(aDevice),
      aReading: significant(aReading),
    },
    logBytesABatch: significant(one.logBytes / ((HOURS / 2) * 6)),
  };
}

function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

/** CPU time is not more exact than that. */
export function significant(value: number): number {
  return Number(value.toPrecision(2));
}
