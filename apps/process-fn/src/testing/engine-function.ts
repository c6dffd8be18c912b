import { ScanCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDynamoRepositories, type Repositories, type TableItem } from '@weir/dynamo-repo';
import type { DynamoEngine } from '@weir/dynamo-repo/testing';
import { processBatch, type BatchReport, type ProcessSettings } from '../process-batch.js';
import type { QuarantinedItem } from '../quarantine.js';
import type { StreamRecord } from '../transport.js';
import { SETTINGS, makeContainer } from './test-batch.js';

/** Requests that went to the engine and what it says they consumed, by operation: counted past the product's own meter. */
export interface EngineTraffic {
  readonly requests: Map<string, number>;
  readonly units: Map<string, number>;
}

/** The function on a table of a real engine, one container at a time. */
export interface EngineFunction {
  readonly repositories: Repositories;
  readonly quarantined: QuarantinedItem[];
  readonly traffic: EngineTraffic;
  process(records: readonly StreamRecord[]): Promise<BatchReport>;
  /** Puts a container with nothing remembered in place of this one. */
  restart(): void;
  /** After that many more requests none gets through, and the answer of the last one is lost; until the next restart. */
  dieAfter(requests: number): void;
  resetTraffic(): void;
  items(): Promise<TableItem[]>;
}

interface ConsumedOutput {
  readonly ConsumedCapacity?: unknown;
}

export function makeEngineFunction(
  engine: DynamoEngine,
  options: {
    readonly nowMs: number;
    readonly settings?: Partial<ProcessSettings>;
    /** How the function's release of the code sees the table; as today's does by default. */
    readonly client?: DynamoDBDocumentClient;
  },
): EngineFunction {
  const clock = (): number => options.nowMs;
  const client = options.client ?? engine.connect();
  const traffic: EngineTraffic = { requests: new Map(), units: new Map() };
  let requestsLeft = Infinity;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (requestsLeft <= 0) throw new Error('the container is dead');
      requestsLeft -= 1;
      const answer = await next(args);
      const operation = String(context.commandName).replace(/Command$/, '');
      add(traffic.requests, operation, 1);
      add(traffic.units, operation, unitsIn((answer.output as ConsumedOutput).ConsumedCapacity));
      if (requestsLeft <= 0) throw new Error('the container died before it had the answer');
      return answer;
    },
    { step: 'initialize', priority: 'low', name: 'observeTraffic' },
  );
  const repositories = createDynamoRepositories({
    client,
    tableName: engine.tableName,
    blockMinutes: SETTINGS.blockMs / 60_000,
    clock,
    random: () => 0.5,
  });
  const quarantined: QuarantinedItem[] = [];
  const newContainer = () => makeContainer({ repositories, clock, quarantined });
  let container = newContainer();
  return {
    repositories,
    quarantined,
    traffic,
    process: (records) => processBatch(records, Infinity, container, { ...SETTINGS, ...options.settings }),
    restart: () => {
      requestsLeft = Infinity;
      container = newContainer();
    },
    dieAfter: (requests) => void (requestsLeft = requests),
    resetTraffic: () => {
      traffic.requests.clear();
      traffic.units.clear();
    },
    items: () => allItems(client, engine.tableName),
  };
}

/** Everything that stands in the table, in order of its keys. */
async function allItems(client: DynamoDBDocumentClient, tableName: string): Promise<TableItem[]> {
  const items: TableItem[] = [];
  let startKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(new ScanCommand({ TableName: tableName, ExclusiveStartKey: startKey }));
    items.push(...((page.Items ?? []) as TableItem[]));
    startKey = page.LastEvaluatedKey;
  } while (startKey !== undefined);
  return items.sort((a, b) => (`${a.pk} ${a.sk}` < `${b.pk} ${b.sk}` ? -1 : 1));
}

function unitsIn(consumed: unknown): number {
  const all = (Array.isArray(consumed) ? consumed : [consumed]) as ({ CapacityUnits?: number } | undefined)[];
  return all.reduce((sum, one) => sum + (one?.CapacityUnits ?? 0), 0);
}

function add(counts: Map<string, number>, name: string, amount: number): void {
  counts.set(name, (counts.get(name) ?? 0) + amount);
}
