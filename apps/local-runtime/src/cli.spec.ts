import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { JsonObject } from './assembly/template.js';
import type { RuntimeStatus } from './info/runtime-status.js';
import { identifyProcess, isRunning, type ProcessIdentity } from './processes/process-identity.js';
import { buildPrograms, type BuiltPrograms } from './testing/built-programs.js';
import { findPortBase } from './testing/free-port-base.js';
import { copierHash, copierSource, pipelineTemplate } from './testing/pipeline-template.js';
import { writeAssembly } from './testing/synthetic-assembly.js';

// Bounds a hang only: no test depends on how fast the machine is.
jest.setTimeout(120_000);

interface RunningCli {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
  stdout(): string;
  stderr(): string;
}

let programs: BuiltPrograms;
let assembly: string;
let folder: string;
let dataDir: string;
let portBase: number;
const started: RunningCli[] = [];
const writtenAssemblies: string[] = [];

beforeAll(() => {
  programs = buildPrograms();
  assembly = writeAssembly('test', pipelineTemplate, { [copierHash]: copierSource });
});
afterAll(() => {
  programs.remove();
  rmSync(assembly, { recursive: true, force: true });
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weir-cli-'));
  dataDir = join(folder, 'data');
  portBase = await findPortBase();
});
afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
  for (const written of writtenAssemblies.splice(0)) rmSync(written, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

function run(...args: string[]): RunningCli {
  const child = spawn(process.execPath, [programs.cli, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
  }));
  const running = { child, ended, stdout: () => stdout, stderr: () => stderr };
  started.push(running);
  return running;
}

function assemblyWith(Resources: Readonly<Record<string, object>>): string {
  const written = writeAssembly('wrong', { Resources: Resources as JsonObject });
  writtenAssemblies.push(written);
  return written;
}

const mappingProperties = {
  EventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/readings',
  FunctionName: 'f',
  StartingPosition: 'LATEST',
};

function start(...more: string[]): RunningCli {
  return run('--assembly', assembly, '--data-dir', dataDir, '--port-base', String(portBase), ...more);
}

/** Has the function of a runtime store a record. */
async function store(base: number, text: string): Promise<void> {
  const kinesis = { data: Buffer.from(text).toString('base64'), sequenceNumber: '1' };
  const answer = await fetch(`http://127.0.0.1:${base}/2015-03-31/functions/Copier/invocations`, {
    method: 'POST',
    body: JSON.stringify({ Records: [{ kinesis }] }),
  });
  expect(await answer.json()).toEqual({ batchItemFailures: [] });
}

async function storedKeys(status: RuntimeStatus | undefined): Promise<string[]> {
  const client = new DynamoDBClient({
    endpoint: status?.engines.dynamodb?.endpoint ?? '',
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const { Items = [] } = await client.send(new ScanCommand({ TableName: 'test-table' }));
  client.destroy();
  return Items.map(({ pk }) => pk?.S ?? '');
}

async function untilReady(running: RunningCli, base = portBase): Promise<RuntimeStatus> {
  while (!running.stdout().includes('Weir is ready')) {
    if (running.child.exitCode !== null) throw new Error(running.stderr());
    await delay(20);
  }
  return (await (await fetch(`http://127.0.0.1:${base}/status`)).json()) as RuntimeStatus;
}

function children(status: RuntimeStatus): ProcessIdentity[] {
  return Object.values(status.engines)
    .flatMap(({ pids }) => pids)
    .filter((pid) => pid !== status.pid)
    .flatMap((pid) => identifyProcess(pid) ?? []);
}

async function untilGone(identities: readonly ProcessIdentity[]): Promise<void> {
  while (identities.some(isRunning)) await delay(20);
}

describe('the command', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'stops everything on %s, and can be started again',
    async (signal) => {
      const first = start();
      const status = await untilReady(first);
      const engines = children(status);
      expect(engines.length).toBeGreaterThanOrEqual(3);
      first.child.kill(signal);
      expect(await first.ended).toEqual({ code: 0, signal: null });
      expect(engines.filter(isRunning)).toEqual([]);

      const second = start();
      await untilReady(second);
      second.child.kill('SIGTERM');
      expect((await second.ended).code).toBe(0);
    },
  );

  it('leaves nothing running when it is killed, and starts again', async () => {
    const first = start();
    const engines = children(await untilReady(first));
    first.child.kill('SIGKILL');
    await untilGone(engines);
    await first.ended;

    const second = start();
    expect((await untilReady(second)).ready).toBe(true);
  });

  it('ends what remains of a runtime that was killed together with its supervisors', async () => {
    const first = start();
    const status = await untilReady(first);
    const engines = children(status);
    await delay(1_500); // The children are recorded every second.
    const [supervisor] = status.engines.dynamodb?.pids ?? [];
    process.kill(supervisor ?? 0, 'SIGSTOP');
    first.child.kill('SIGKILL');
    process.kill(supervisor ?? 0, 'SIGKILL');
    await first.ended;

    const second = start();
    await untilReady(second);
    await untilGone(engines);
    expect(second.stderr()).toMatch(/Ended \d+ processes that an earlier run left behind/);
  });

  it('runs beside another one, each with its own ports and data', async () => {
    const places = [
      { portBase, data: dataDir },
      { portBase: await findPortBase(portBase), data: join(folder, 'other') },
    ];
    const instances = places.map(({ portBase: base, data }) =>
      run('--assembly', assembly, '--data-dir', data, '--port-base', String(base)),
    );
    const statuses = [];
    for (const [index, instance] of instances.entries()) {
      statuses.push(await untilReady(instance, places[index]?.portBase));
    }
    const endpoints = statuses.flatMap(({ engines }) =>
      Object.values(engines).map(({ endpoint }) => endpoint),
    );
    expect(new Set(endpoints).size).toBe(6);

    for (const [index, { portBase: base }] of places.entries()) await store(base, `of ${index}`);
    expect(await Promise.all(statuses.map(storedKeys))).toEqual([['of 0'], ['of 1']]);

    instances[0]?.child.kill('SIGTERM');
    expect((await instances[0]?.ended)?.code).toBe(0);
    await store(places[1]?.portBase ?? 0, 'later');
    expect((await storedKeys(statuses[1])).sort()).toEqual(['later', 'of 1']);
  });

  it('names the port when it would begin at one of an engine of another one', async () => {
    const { engines } = await untilReady(start());
    const taken = new URL(engines.kinesis?.endpoint ?? '').port;
    const second = run('--assembly', assembly, '--data-dir', join(folder, 'other'), '--port-base', taken);
    expect((await second.ended).code).toBe(1);
    expect(second.stderr()).toBe(
      `Port ${taken} is in use: end the program that uses it, or start with another --port-base.\n`,
    );
  });

  it('refuses a second instance on the same data in one sentence', async () => {
    await untilReady(start());
    const second = run('--assembly', assembly, '--data-dir', dataDir, '--port-base', String(portBase + 3));
    expect((await second.ended).code).toBe(1);
    expect(second.stderr()).toMatch(/^Another Weir \(process \d+\) uses .*--port-base\.\n$/);
  });

  it('names a port that is in use, and the remedy', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(portBase, '127.0.0.1', () => resolve()));
    const running = start();
    expect((await running.ended).code).toBe(1);
    expect(running.stderr()).toBe(
      `Port ${portBase} is in use: end the program that uses it, or start with another --port-base.\n`,
    );
    await new Promise((resolve) => server.close(resolve));
  });

  it('names what is missing for another DynamoDB', async () => {
    const local = start('--dynamodb-engine', 'dynamodb-local');
    expect((await local.ended).code).toBe(1);
    expect(local.stderr()).toMatch(/^WEIR_DYNAMODB_LOCAL_JAR is not set: .*\n$/);
    const given = start('--dynamodb-endpoint', 'http://127.0.0.1:1');
    expect((await given.ended).code).toBe(1);
    expect(given.stderr()).toMatch(/^No DynamoDB answers at http:\/\/127\.0\.0\.1:1 .*\n$/);
  });

  it('refuses a wrong template with all its faults, and explains it', async () => {
    const wrong = assemblyWith({
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { ...mappingProperties, FilterCriteria: { Filters: [] } },
      },
      Queue: { Type: 'AWS::SQS::Queue' },
      Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { Ref: 'Nobody' } } },
    });
    const problems = [
      'wrong/Bucket: BucketName refers to Nobody, which is no parameter or resource of the stack.',
      'wrong/Mapping (AWS::Lambda::EventSourceMapping): FilterCriteria: the local runtime does not know this property.',
      'wrong/Queue: the local runtime does not know the type AWS::SQS::Queue.',
    ];
    const refused = run('--assembly', wrong, '--data-dir', dataDir);
    expect((await refused.ended).code).toBe(1);
    expect(refused.stdout()).toBe('');
    expect(refused.stderr()).toBe(`${problems.join('\n')}\n`);
    // Nothing was started or written.
    expect(existsSync(dataDir)).toBe(false);

    const explained = run('--assembly', wrong, '--explain');
    expect((await explained.ended).code).toBe(1);
    const text = explained.stdout();
    expect(text).toMatch(/^AWS::Lambda::EventSourceMapping +wrong\/Mapping +error$/m);
    expect(text).toMatch(/^AWS::SQS::Queue +wrong\/Queue +error$/m);
    expect(text).toMatch(/^AWS::S3::Bucket +wrong\/Bucket +error$/m);
    expect(text).toMatch(/^wrong\/Mapping +FilterCriteria +error +the local runtime does not know/m);
    expect(text).toContain(`Problems:\n${problems.map((problem) => `  ${problem}`).join('\n')}\n`);
  });

  it('names the path of a circle in the template', async () => {
    const named = (other: string): object => ({
      Type: 'AWS::S3::Bucket',
      Properties: { BucketName: { 'Fn::Sub': `\${${other}}-x` } },
    });
    const circular = assemblyWith({ A: named('B'), B: named('A') });
    const refused = run('--assembly', circular, '--data-dir', dataDir);
    expect((await refused.ended).code).toBe(1);
    expect(refused.stderr()).toBe(
      'The resources depend on each other in a circle: wrong/A → wrong/B → wrong/A.\n',
    );
  });

  it('ends with 2 and one sentence for a wrong command line', async () => {
    const running = run('--nonsense');
    expect((await running.ended).code).toBe(2);
    expect(running.stderr()).toBe('There is no option --nonsense: see --help.\n');
  });

  it('refuses a wrong fault plan in one sentence, before anything starts', async () => {
    const plan = join(folder, 'plan.json');
    writeFileSync(plan, '{"events":[{"fault":"killWorker"}]}');
    const wrong = start('--faults', plan);
    expect((await wrong.ended).code).toBe(2);
    expect(wrong.stderr()).toBe(
      `--faults ${plan}: events[0].meanIntervalMs must be a whole number from 1 to 3600000.\n`,
    );
    const missing = start('--faults', join(folder, 'none.json'));
    expect((await missing.ended).code).toBe(2);
    expect(missing.stderr()).toMatch(/^--faults .*none\.json cannot be read: ENOENT.*\n$/);
  });

  it('kills itself when the plan says so, and starts again on the same data', async () => {
    const plan = join(folder, 'plan.json');
    writeFileSync(plan, '{"events":[{"fault":"killRuntime","afterMs":200}]}');
    const first = start('--faults', plan, '--fault-seed', '3');
    expect((await first.ended).signal).toBe('SIGKILL');
    expect(first.stderr()).toMatch(/Fault \(seed 3\): killRuntime/);
    const second = start();
    expect((await untilReady(second)).ready).toBe(true);
  });

  it('runs a function for a debugger, and says where it listens', async () => {
    const running = start('--inspect', 'Copier:0');
    await untilReady(running);
    const url = /^The debugger of test-Copier listens on (ws:\/\/127\.0\.0\.1:\d+\/\S+)$/m.exec(
      running.stderr(),
    )?.[1];
    const session = new WebSocket(url ?? '');
    const closed = new Promise((resolve) => session.addEventListener('close', resolve));
    const answer = new Promise((resolve) =>
      session.addEventListener('message', ({ data }) => resolve(JSON.parse(String(data)))),
    );
    await new Promise((resolve) => session.addEventListener('open', resolve));
    const params = { expression: 'process.env.TABLE_NAME' };
    session.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params }));
    expect(await answer).toMatchObject({ id: 1, result: { result: { value: 'test-table' } } });

    running.child.kill('SIGTERM');
    expect((await running.ended).code).toBe(0);
    await closed;
  });

  it('refuses a debugger for an unknown function, or on a port that is in use, before anything starts', async () => {
    const unknown = start('--inspect', 'copier');
    expect((await unknown.ended).code).toBe(2);
    expect(unknown.stderr()).toBe('--inspect copier: no function has this name. There are: test-Copier.\n');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const { port } = server.address() as AddressInfo;
    const taken = start('--inspect', `Copier:${port}`);
    expect((await taken.ended).code).toBe(1);
    expect(taken.stderr()).toMatch(`Port ${port} for the debugger of test-Copier is in use:`);
    await new Promise((resolve) => server.close(resolve));
  });

  it('makes tokens whose key the runtime publishes', async () => {
    const token = run('token', '--data-dir', dataDir, '--port-base', String(portBase), '--devices', 'a*');
    expect((await token.ended).code).toBe(0);
    expect(token.stderr()).toBe('');
    const [header = '', claims = ''] = token.stdout().trim().split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      iss: `http://127.0.0.1:${portBase}`,
      devices: ['a*'],
    });
    await untilReady(start('--fresh'));
    const jwks = (await (await fetch(`http://127.0.0.1:${portBase}/.well-known/jwks.json`)).json()) as {
      keys: { kid: string }[];
    };
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
    expect(jwks.keys.map((key) => key.kid)).toEqual([kid]);
  });

  it('forgets the data with --fresh', async () => {
    const first = start();
    await untilReady(first);
    first.child.kill('SIGTERM');
    await first.ended;
    writeFileSync(join(dataDir, 's3', 'test-archive', 'old'), 'x');
    const second = start('--fresh');
    await untilReady(second);
    expect(() => readFileSync(join(dataDir, 's3', 'test-archive', 'old'))).toThrow(/ENOENT/);
  });
});
