import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient, PutItemCommand, ScanCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import type { JsonObject } from '../assembly/template.js';
import { TokenIssuer } from '../engines/issuer/token-issuer.js';
import { kinesisClient } from '../engines/kinesis/kinesis-engine.js';
import type { RuntimeStatus } from '../info/runtime-status.js';
import { functionRoles } from '../roles/function-roles.js';
import { startRuntime, type Runtime, type RuntimeOptions } from '../runtime.js';
import { ProcessLedger } from '../state/process-ledger.js';
import { buildPrograms, type BuiltPrograms } from './built-programs.js';
import { findPortBase } from './free-port-base.js';
import { copierHash, copierSource } from './pipeline-template.js';
import { planFolder, writeAssembly } from './synthetic-assembly.js';

/** Runs the synthetic pipeline with real engines; one a test file, with a data directory of its own for each test. */
export class TestPipeline {
  readonly notices: string[] = [];
  readonly assembly: string;
  dataDir = '';
  private readonly programs: BuiltPrograms;
  private runtime: Runtime | undefined;

  constructor(template: JsonObject) {
    this.programs = buildPrograms();
    this.assembly = writeAssembly('test', template, { [copierHash]: copierSource });
  }

  /** Removes everything; the pipeline must have been closed. */
  remove(): void {
    this.programs.remove();
    rmSync(this.assembly, { recursive: true, force: true });
  }

  begin(): void {
    this.dataDir = mkdtempSync(join(tmpdir(), 'weir-runtime-'));
    this.notices.splice(0);
  }

  async end(): Promise<void> {
    await this.close();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  get entries(): BuiltPrograms['entries'] {
    return this.programs.entries;
  }

  async boot(overrides: Partial<RuntimeOptions> = {}): Promise<RuntimeStatus> {
    const portBase = await findPortBase();
    const issuer = await TokenIssuer.open({
      keyFile: join(this.dataDir, 'key.json'),
      issuer: `http://127.0.0.1:${portBase}`,
      audience: 'weir',
      clock: Date.now,
      newId: () => 'id',
    });
    const plan = planFolder(this.assembly);
    this.runtime = await startRuntime({
      plan,
      roles: functionRoles(plan),
      portBase,
      dataDir: this.dataDir,
      dynamodb: { kind: 'dynoxide' },
      engines: { kinesis: { engine: 'kinesalite', limits: false }, timeToLivePeriodSeconds: 0 },
      entries: this.programs.entries,
      modulesFrom: __filename,
      clock: Date.now,
      random: Math.random,
      notify: (message) => this.notices.push(message),
      issuer,
      ledger: new ProcessLedger(join(this.dataDir, 'children.json')),
      ...overrides,
    });
    return this.runtime.status();
  }

  async status(): Promise<RuntimeStatus> {
    if (this.runtime === undefined) throw new Error('The pipeline does not run.');
    return this.runtime.status();
  }

  async close(): Promise<void> {
    await this.runtime?.close();
    this.runtime = undefined;
  }

  /** Puts a record for each text, which is also its key. */
  async put(texts: readonly string[]): Promise<void> {
    const client = kinesisClient(await this.endpoint('kinesis'), 'eu-west-1');
    try {
      const Records = texts.map((text) => ({ Data: Buffer.from(text), PartitionKey: text }));
      const answer = await client.send(new PutRecordsCommand({ StreamName: 'test-stream', Records }));
      expect(answer.FailedRecordCount).toBe(0);
    } finally {
      client.destroy();
    }
  }

  async untilProcessed(): Promise<void> {
    while ((await this.status()).stream?.records !== 0) await delay(50);
  }

  async storedKeys(): Promise<string[]> {
    return this.withDynamodb(async (client) => {
      const { Items = [] } = await client.send(new ScanCommand({ TableName: 'test-table' }));
      return Items.map(({ pk }) => pk?.S ?? '').sort();
    });
  }

  async store(item: Record<string, AttributeValue>): Promise<void> {
    await this.withDynamodb((client) =>
      client.send(new PutItemCommand({ TableName: 'test-table', Item: item })),
    );
  }

  private async withDynamodb<Result>(use: (client: DynamoDBClient) => Promise<Result>): Promise<Result> {
    const client = new DynamoDBClient({
      endpoint: await this.endpoint('dynamodb'),
      region: 'eu-west-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    try {
      return await use(client);
    } finally {
      client.destroy();
    }
  }

  async endpoint(engine: string): Promise<string> {
    return (await this.status()).engines[engine]?.endpoint ?? '';
  }
}
