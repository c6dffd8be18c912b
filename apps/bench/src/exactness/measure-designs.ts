import { fork, type ChildProcess } from 'node:child_process';
import { CreateTableCommand, DeleteTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { enginesHere } from '@weir/dynamo-repo/testing';
import { FUNCTION_VARIABLES, NODE_OPTIONS, messageOf, startProxyProcess } from '../child-process.js';
import { TABLE } from '../table.js';
import { within } from '../within.js';
import type { DesignAnswer, DesignOrder } from './design-process.js';
import { DESIGNS } from './designs/index.js';
import { absentEngines, type AbsentEngine } from './engines.js';
import type { MeasuredCost } from './measured-cost.js';
import { ofSeveralRuns } from './several-runs.js';
import type { WorkloadSettings } from './workload.js';
import type { NamedWorkload } from './workloads.js';

/** What all designs took for one workload on one engine. */
export interface CostsOfWorkload {
  readonly engine: string;
  readonly workload: string;
  readonly settings: WorkloadSettings;
  readonly costs: readonly MeasuredCost[];
}

/** What the benchmark of exactness comes to. */
export interface ExactnessResult {
  /** How often everything was run; CPU times are medians, counts were the same in all. */
  readonly runs: number;
  /** Engines that did not run, and why. */
  readonly absent: readonly AbsentEngine[];
  readonly measured: readonly CostsOfWorkload[];
}

export interface MeasureOptions {
  readonly runs: number;
  /** Only engines whose name has this. */
  readonly engine: string;
  onProgress(message: string): void;
}

const TABLE_SECONDS = 60;

/**
 * Runs every design through every workload, on each engine that runs here. A design has a process of its own for all of its
 * workloads, and for each a new table and a new container; designs take turns, so that all see the same load of the machine.
 *
 * @throws Error naming engine, workload, design and phase where something fails or hangs, or where runs differ in what is counted
 */
export async function measureDesigns(
  workloads: readonly NamedWorkload[],
  { runs, engine: wanted, onProgress }: MeasureOptions,
): Promise<ExactnessResult> {
  const engines = enginesHere();
  const chosen = engines.filter(({ name }) => name.includes(wanted));
  const measured: CostsOfWorkload[] = [];
  for (const engine of chosen)
    measured.push(...(await measureOnEngine(engine, workloads, { runs, onProgress })));
  const leftOut = engines.filter((engine) => !chosen.includes(engine));
  return {
    runs,
    absent: [
      ...absentEngines(),
      ...leftOut.map(({ name }) => ({ engine: name, reason: 'it was left out of this run by --engine' })),
    ],
    measured,
  };
}

async function measureOnEngine(
  { name: engine, start }: ReturnType<typeof enginesHere>[number],
  workloads: readonly NamedWorkload[],
  { runs, onProgress }: Pick<MeasureOptions, 'runs' | 'onProgress'>,
): Promise<CostsOfWorkload[]> {
  const { client, endpoint: upstream, stop } = await inPhase(`${engine}, start`, start());
  const { endpoint, stop: stopProxy } = await startProxyProcess(upstream);
  const designs = DESIGNS.map(({ name }) => ({ name, process: startDesign(endpoint) }));
  try {
    const taken = new Map<string, (readonly MeasuredCost[])[]>();
    for (let run = 1; run <= runs; run += 1) {
      for (const { name: workload, settings } of workloads) {
        for (const design of designs) {
          const what = `${engine}, ${workload}, ${design.name}`;
          onProgress(`run ${run} of ${runs}: ${what}`);
          const order = { design: design.name, endpoint, workload: settings };
          const stages = await inPhase(what, measureOnce(client, design.process, order));
          taken.set(what, [...(taken.get(what) ?? []), stages]);
        }
      }
    }
    return workloads.flatMap(({ name: workload, replayed, settings }) =>
      [workload, replayed]
        .filter((name) => name !== undefined)
        .map((name, stage) => ({
          engine,
          workload: name,
          settings: { ...settings, replay: stage > 0 },
          costs: designs.map((design) => {
            const what = `${engine}, ${workload}, ${design.name}`;
            return ofSeveralRuns(
              what,
              taken.get(what)!.map((stages) => stages[stage]!),
            );
          }),
        })),
    );
  } finally {
    for (const { process } of designs) process.disconnect();
    stopProxy();
    await stop();
  }
}

function startDesign(endpoint: string): ChildProcess {
  return fork(new URL('./design-process.ts', import.meta.url), {
    execArgv: NODE_OPTIONS,
    // What a function logs goes nowhere, but is written as on Lambda.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      ...FUNCTION_VARIABLES,
      AWS_LAMBDA_FUNCTION_NAME: 'process-fn',
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    },
  });
}

async function measureOnce(
  client: Pick<DynamoDBClient, 'send'>,
  child: ChildProcess,
  order: Omit<DesignOrder, 'tableName'>,
): Promise<readonly MeasuredCost[]> {
  const tableName = order.design;
  const create = client.send(new CreateTableCommand({ ...TABLE, TableName: tableName }));
  await within(TABLE_SECONDS, 'creating the table', create);
  child.send({ ...order, tableName } satisfies DesignOrder);
  const answer = await messageOf<DesignAnswer>(child);
  if ('failed' in answer) throw new Error(answer.failed);
  const remove = client.send(new DeleteTableCommand({ TableName: tableName }));
  await within(TABLE_SECONDS, 'deleting the table', remove);
  return answer.costs;
}

async function inPhase<Result>(phase: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw new Error(`${phase}: ${(error as Error).message}`, { cause: error });
  }
}
