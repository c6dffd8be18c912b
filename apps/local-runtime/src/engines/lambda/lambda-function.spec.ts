/**
 * What a function may rely on in AWS Lambda, observed through the functions of this file.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { clockSkewVariable } from '../../faults/skewed-clock.js';
import {
  createLambdaFunction,
  type LambdaFunction,
  type LambdaFunctionOptions,
  type LogLine,
} from './lambda-function.js';

// Bounds a hang only: no test depends on how fast the machine is.
jest.setTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), 'lambda-engine-'));
const workerPath = join(folder, 'worker.mjs');
const functions: LambdaFunction[] = [];
let functionCount = 0;

beforeAll(() => {
  buildSync({
    entryPoints: [join(__dirname, 'worker.ts')],
    outfile: workerPath,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
});

afterEach(async () => {
  await Promise.all(functions.splice(0).map((each) => each.close()));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Fixture {
  readonly lambda: LambdaFunction;
  readonly lines: LogLine[];
  readonly segments: Record<string, unknown>[];
  readonly assetDir: string;
}

function makeFunction(source: string, overrides: Partial<LambdaFunctionOptions> = {}): Fixture {
  functionCount += 1;
  const assetDir = mkdtempSync(join(folder, 'task-'));
  writeFileSync(join(assetDir, 'handler.mjs'), source);
  const lines: LogLine[] = [];
  const segments: Record<string, unknown>[] = [];
  const lambda = createLambdaFunction({
    functionName: `fn-${functionCount}`,
    region: 'eu-west-1',
    accountId: '123456789012',
    assetDir,
    handler: 'handler.handler',
    environment: {},
    timeoutSeconds: 10,
    memoryMb: 256,
    tracing: 'Active',
    workerPath,
    onLog: (line) => lines.push(line),
    onSegment: (segment) => segments.push(segment as Record<string, unknown>),
    ...overrides,
  });
  functions.push(lambda);
  return { lambda, lines, segments, assetDir };
}

/** A handler that waits until `release` appears in its folder, so that tests decide how long it runs. */
const untilReleased = `
  import { existsSync } from 'node:fs';
  export const handler = async () => {
    while (!existsSync('release')) await new Promise((r) => setTimeout(r, 10));
    return process.pid;
  };`;

describe('an invocation', () => {
  it('passes the event, returns the answer and describes itself in the context', async () => {
    const { lambda } = makeFunction(`
      export const handler = async (event, context) => ({
        event, ...context, remaining: context.getRemainingTimeInMillis(), cwd: process.cwd() });`);
    const result = await lambda.invoke('{"a":[1,"ü"]}');
    expect(result).toMatchObject({ statusCode: 200, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(result.functionError).toBeUndefined();
    const answer = JSON.parse(result.payload);
    expect(answer).toMatchObject({
      event: { a: [1, 'ü'] },
      awsRequestId: result.requestId,
      functionName: lambda.functionName,
      functionVersion: '$LATEST',
      memoryLimitInMB: '256',
      invokedFunctionArn: `arn:aws:lambda:eu-west-1:123456789012:function:${lambda.functionName}`,
      logGroupName: `/aws/lambda/${lambda.functionName}`,
      logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
    });
    expect(answer.remaining).toBeGreaterThan(0);
    expect(answer.remaining).toBeLessThanOrEqual(10_000);
  });

  it('answers null for undefined and accepts a handler that is not async', async () => {
    const { lambda } = makeFunction('export const handler = (event) => event.give;');
    expect((await lambda.invoke('{}')).payload).toBe('null');
    expect((await lambda.invoke('{"give":7}')).payload).toBe('7');
  });

  it('gives the environment of Lambda and nothing of the runtime but PATH', async () => {
    process.env['SECRET_OF_THE_RUNTIME'] = 'x';
    const { lambda, assetDir } = makeFunction(
      'export const handler = async () => ({ ...process.env, time: new Date(0).getHours() });',
      { environment: { TABLE: 'readings' }, xrayDaemonAddress: '127.0.0.1:2000' },
    );
    const env = JSON.parse((await lambda.invoke('{}')).payload);
    delete process.env['SECRET_OF_THE_RUNTIME'];
    expect(env).toMatchObject({
      TABLE: 'readings',
      AWS_LAMBDA_FUNCTION_NAME: lambda.functionName,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_REGION: 'eu-west-1',
      AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000',
      LAMBDA_TASK_ROOT: assetDir,
      _HANDLER: 'handler.handler',
      TZ: ':UTC',
      time: 0,
    });
    expect(env).not.toHaveProperty('SECRET_OF_THE_RUNTIME');
    expect(env).not.toHaveProperty('JEST_WORKER_ID');
  });

  it('refuses a configuration that sets a reserved variable', () => {
    expect(() => makeFunction('', { environment: { _HANDLER: 'x' } })).toThrow(/_HANDLER is reserved/);
  });
});

describe('workers', () => {
  it('are reused while warm and keep module state', async () => {
    const { lambda } = makeFunction(
      'let n = 0; export const handler = async () => ({ pid: process.pid, n: ++n });',
    );
    const first = JSON.parse((await lambda.invoke('{}')).payload);
    const second = JSON.parse((await lambda.invoke('{}')).payload);
    expect(first.n).toBe(1);
    expect(second).toEqual({ pid: first.pid, n: 2 });
    expect(lambda.workerPids()).toEqual([first.pid]);
  });

  it('are one per concurrent execution', async () => {
    const { lambda, assetDir } = makeFunction(untilReleased);
    const running = [lambda.invoke('{}'), lambda.invoke('{}')];
    writeFileSync(join(assetDir, 'release'), '');
    const pids = (await Promise.all(running)).map((result) => result.payload);
    expect(new Set(pids).size).toBe(2);
  });

  it('are reaped when idle', async () => {
    const { lambda } = makeFunction('export const handler = async () => process.pid;', { idleMs: 1 });
    await lambda.invoke('{}');
    await waitUntil(() => lambda.workerPids().length === 0);
    expect((await lambda.invoke('{}')).statusCode).toBe(200);
  });

  it('that are killed while idle are replaced unnoticed', async () => {
    const { lambda } = makeFunction('export const handler = async () => process.pid;');
    const pid = Number((await lambda.invoke('{}')).payload);
    process.kill(pid, 'SIGKILL');
    const next = await lambda.invoke('{}');
    expect(next.functionError).toBeUndefined();
    expect(Number(next.payload)).not.toBe(pid);
  });

  it('that are killed while they load are replaced unnoticed', async () => {
    const { lambda } = makeFunction(
      `import { existsSync, writeFileSync } from 'node:fs';
       if (!existsSync('second')) { writeFileSync('second', ''); process.kill(process.pid, 'SIGKILL'); }
       export const handler = async () => 'fine';`,
    );
    expect((await lambda.invoke('{}')).payload).toBe('"fine"');
  });

  it('go on when a signal of the terminal reaches the whole process group', async () => {
    const { lambda } = makeFunction(`
      export const handler = async () => {
        for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.kill(process.pid, signal);
        await new Promise((resolve) => setTimeout(resolve, 100));
        return 'still here';
      };`);
    expect((await lambda.invoke('{}')).payload).toBe('"still here"');
    expect((await lambda.invoke('{}')).payload).toBe('"still here"');
  });

  it('have variables of their own, and can be killed by their id', async () => {
    const { lambda } = makeFunction('export const handler = async () => process.env.WHO + process.env.ALL;', {
      environment: { WHO: 'nobody ', ALL: 'all' },
      workerEnvironment: (workerId) => ({ WHO: `${workerId} ` }),
    });
    expect((await lambda.invoke('{}')).payload).toBe('"w1 all"');
    const [pid] = lambda.workerPids();
    expect(lambda.killWorker('w1')).toBe(true);
    while (lambda.workerPids().includes(pid ?? 0)) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(lambda.killWorker('w1')).toBe(false);
    expect((await lambda.invoke('{}')).payload).toBe('"w2 all"');
  });

  it('can have a clock that is wrong, which their deadline is not', async () => {
    const { lambda } = makeFunction(
      `export const handler = async (event, context) => ({
        now: Date.now(),
        leftMs: context.getRemainingTimeInMillis(),
        seen: Object.keys(process.env).filter((name) => name.includes('SKEW')),
      });`,
      { workerEnvironment: () => ({ [clockSkewVariable]: '-3600000' }), timeoutSeconds: 60 },
    );
    const beforeMs = Date.now();
    const { payload } = await lambda.invoke('{}');
    const { now, leftMs, seen } = JSON.parse(payload) as { now: number; leftMs: number; seen: string[] };
    expect(now).toBeGreaterThanOrEqual(beforeMs - 3_600_000);
    expect(now).toBeLessThanOrEqual(Date.now() - 3_600_000);
    expect(leftMs).toBeGreaterThan(0);
    expect(leftMs).toBeLessThanOrEqual(60_000);
    expect(seen).toEqual([]);
  });

  it('end by themselves when the runtime is killed', async () => {
    const parent = join(folder, 'parent.mjs');
    const { assetDir } = makeFunction('export const handler = async () => process.pid;');
    writeFileSync(
      parent,
      `import { fork } from 'node:child_process';
       const child = fork(${JSON.stringify(workerPath)}, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
         env: { LAMBDA_TASK_ROOT: ${JSON.stringify(assetDir)}, _HANDLER: 'handler.handler' } });
       child.on('message', () => console.log(child.pid));`,
    );
    const runtime = spawn(process.execPath, [parent], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((resolve) =>
      runtime.stdout.once('data', (data: Buffer) => resolve(Number(data.toString()))),
    );
    runtime.kill('SIGKILL');
    await waitUntil(() => !isAlive(pid));
  });
});

describe('code that is replaced', () => {
  const releasedIn = (folder: string, answer: string): string => `
    import { existsSync } from 'node:fs';
    export const handler = async (event) => {
      while (event.wait && !existsSync(${JSON.stringify(join(folder, 'release'))})) await new Promise((r) => setTimeout(r, 10));
      return ${JSON.stringify(answer)};
    };`;

  function writeCode(source: string): string {
    const assetDir = mkdtempSync(join(folder, 'task-'));
    writeFileSync(join(assetDir, 'handler.mjs'), source);
    return assetDir;
  }

  it('serves later invocations, and those that run end on the code they began with', async () => {
    const signals = mkdtempSync(join(folder, 'signals-'));
    const { lambda } = makeFunction(releasedIn(signals, 'old'));
    const running = lambda.invoke('{"wait":true}');
    const idle = await lambda.invoke('{}');
    expect(idle.payload).toBe('"old"');

    const replacement = await lambda.replaceCode(writeCode(releasedIn(signals, 'new')));
    if (replacement.kind !== 'replaced') throw new Error('The code was refused.');
    let retired = false;
    void replacement.retired.then(() => (retired = true));
    expect((await lambda.invoke('{}')).payload).toBe('"new"');
    expect(retired).toBe(false);

    writeFileSync(join(signals, 'release'), '');
    expect(await running).toMatchObject({ statusCode: 200, payload: '"old"' });
    await replacement.retired;
    expect(lambda.workerPids()).toHaveLength(1);
    expect((await lambda.invoke('{}')).payload).toBe('"new"');
  });

  it('has loaded before it serves, so that no invocation waits for it', async () => {
    const { lambda, lines } = makeFunction('export const handler = async () => 1;');
    await lambda.replaceCode(writeCode('export const handler = async () => process.env.LAMBDA_TASK_ROOT;'));
    const { payload } = await lambda.invoke('{}');
    expect(JSON.parse(payload)).toMatch(/task-/);
    expect(lines.at(-1)?.message).toMatch(/^REPORT/);
    expect(lines.at(-1)?.message).not.toMatch(/Init Duration/);
  });

  it.each([
    ['throw new TypeError("half done");', { errorType: 'TypeError', errorMessage: 'half done' }],
    [
      'process.exit(7);',
      { errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited with error: exit status 7' },
    ],
  ])('stays as it is when the new does not load: %s', async (source, error) => {
    const { lambda } = makeFunction('export const handler = async () => process.pid;');
    const before = await lambda.invoke('{}');
    expect(await lambda.replaceCode(writeCode(source))).toMatchObject({ kind: 'refused', error });
    expect((await lambda.invoke('{}')).payload).toBe(before.payload);
  });
});

describe('a function under a debugger', () => {
  interface Inspected extends Fixture {
    readonly urls: string[];
  }

  function makeInspected(source: string, overrides: Partial<LambdaFunctionOptions> = {}): Inspected {
    const urls: string[] = [];
    const inspect = { port: 0, onListening: (url: string) => urls.push(url) };
    return { ...makeFunction(source, { inspect, ...overrides }), urls };
  }

  it('has an inspector that answers, from the first worker on', async () => {
    const { lambda, urls, lines } = makeInspected('export const handler = async () => 1;');
    expect(await lambda.warmUp()).toBeUndefined();
    expect(urls).toEqual([expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+\/[0-9a-f-]{36}$/)]);
    const { host } = new URL(urls[0] ?? '');
    const targets = (await (await fetch(`http://${host}/json/list`)).json()) as object[];
    expect(targets).toEqual([expect.objectContaining({ type: 'node', webSocketDebuggerUrl: urls[0] })]);
    expect((await lambda.invoke('{}')).payload).toBe('1');
    expect(lines.filter((line) => /inspector|Debugger/.test(line.message))).toEqual([]);
  });

  it('is not ended by its timeout, and believes that it has time', async () => {
    const { lambda } = makeInspected(
      `export const handler = async (event, context) => {
         await new Promise((resolve) => setTimeout(resolve, 1_500));
         return context.getRemainingTimeInMillis();
       };`,
      { timeoutSeconds: 1 },
    );
    const result = await lambda.invoke('{}');
    expect(result.functionError).toBeUndefined();
    expect(Number(result.payload)).toBeGreaterThan(86_400_000);
  });

  it('does everything in one worker, one after the other, without throttling', async () => {
    const { lambda } = makeInspected(
      `let running = 0, most = 0;
       export const handler = async () => {
         most = Math.max(most, ++running);
         await new Promise((resolve) => setTimeout(resolve, 5));
         running -= 1;
         return { pid: process.pid, most };
       };`,
      { maxWorkers: 2, reservedConcurrency: 1 },
    );
    const results = await Promise.all(Array.from({ length: 5 }, () => lambda.invoke('{}')));
    const [pid] = lambda.workerPids();
    expect(results.map(({ payload }) => JSON.parse(payload))).toEqual(Array(5).fill({ pid, most: 1 }));
  });

  it('takes the port again with replaced code, and with a worker after a crash', async () => {
    const port = await freePort();
    const urls: string[] = [];
    const { lambda } = makeFunction(
      'export const handler = async (event) => { if (event.crash) process.exit(1); return 1; };',
      { inspect: { port, onListening: (url) => urls.push(url) } },
    );
    await lambda.invoke('{}');
    const assetDir = mkdtempSync(join(folder, 'task-'));
    writeFileSync(
      join(assetDir, 'handler.mjs'),
      'export const handler = async (event) => { if (event.crash) process.exit(1); return 2; };',
    );
    expect((await lambda.replaceCode(assetDir)).kind).toBe('replaced');
    expect((await lambda.invoke('{"crash":true}')).functionError).toBe('Unhandled');
    expect((await lambda.invoke('{}')).payload).toBe('2');
    expect(urls.map((url) => new URL(url).port)).toEqual([String(port), String(port), String(port)]);
  });
});

describe('failures', () => {
  it('returns the type, message and stack of an error that the handler throws, and reuses the worker', async () => {
    const { lambda } = makeFunction(`
      export const handler = async (event) => { if (event.fail) throw new RangeError('too far'); return process.pid; };`);
    const result = await lambda.invoke('{"fail":true}');
    expect(result).toMatchObject({ statusCode: 200, functionError: 'Unhandled' });
    expect(JSON.parse(result.payload)).toEqual({
      errorType: 'RangeError',
      errorMessage: 'too far',
      trace: expect.arrayContaining(['RangeError: too far', expect.stringMatching(/handler\.mjs/)]),
    });
    const [pid] = lambda.workerPids();
    expect((await lambda.invoke('{}')).payload).toBe(String(pid));
  });

  it.each([
    ['throw new TypeError("no configuration");', 'handler.handler', 'TypeError', /no configuration/],
    [
      'export const other = 1;',
      'handler.handler',
      'Runtime.HandlerNotFound',
      /handler\.handler is undefined/,
    ],
    ['', 'missing.handler', 'Runtime.ImportModuleError', /Cannot find module 'missing'/],
    ['import "./gone.mjs";', 'handler.handler', 'Runtime.ImportModuleError', /gone\.mjs/],
    ['export const = 1;', 'handler.handler', 'Runtime.UserCodeSyntaxError', /SyntaxError/],
    ['', 'handler', 'Runtime.MalformedHandlerName', /Bad handler/],
    [
      'export const handler = (e, c, callback) => callback();',
      'handler.handler',
      'Runtime.CallbackHandlerDeprecated',
      /24/,
    ],
  ])('reports an error while loading: %s', async (source, handler, errorType, message) => {
    const { lambda } = makeFunction(source, { handler });
    const result = await lambda.invoke('{}');
    expect(result.functionError).toBe('Unhandled');
    expect(JSON.parse(result.payload)).toMatchObject({
      errorType,
      errorMessage: expect.stringMatching(message),
    });
    expect(lambda.workerPids()).toEqual([]);
  });

  it('kills a worker at its timeout', async () => {
    const { lambda, lines } = makeFunction('export const handler = () => { for (;;); };', {
      timeoutSeconds: 1,
    });
    const result = await lambda.invoke('{}');
    expect(result.functionError).toBe('Unhandled');
    expect(JSON.parse(result.payload)).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${result.requestId} Error: Task timed out after 1.00 seconds`,
    });
    expect(lines.map((line) => line.message).join('\n')).toMatch(
      /Task timed out after 1\.00 seconds[^]*Status: timeout/,
    );
    expect(lambda.workerPids()).toEqual([]);
  });

  it.each([
    ['process.exit(3)', 'Runtime exited with error: exit status 3'],
    ['process.exit(0)', 'Runtime exited without providing a reason'],
    [
      'process.kill(process.pid, "SIGKILL"); await new Promise(() => setInterval(() => 0, 1e3))',
      'Runtime exited with error: signal: killed',
    ],
  ])('survives a worker that ends by %s', async (statement, reason) => {
    const { lambda } = makeFunction(
      `export const handler = async (event) => { if (event.crash) { ${statement}; } return 'fine'; };`,
    );
    const result = await lambda.invoke('{"crash":true}');
    expect(result.functionError).toBe('Unhandled');
    expect(JSON.parse(result.payload)).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${result.requestId} Error: ${reason}`,
    });
    expect((await lambda.invoke('{}')).payload).toBe('"fine"');
  });

  it('reports an unhandled rejection and an uncaught exception, and discards the worker', async () => {
    const { lambda } = makeFunction(`
      export const handler = (event) => new Promise(() => {
        if (event.reject) Promise.reject(new Error('lost'));
        else setTimeout(() => { throw new Error('thrown late'); }, 1);
      });`);
    const rejected = JSON.parse((await lambda.invoke('{"reject":true}')).payload);
    expect(rejected).toMatchObject({
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: 'Error: lost',
    });
    const thrown = JSON.parse((await lambda.invoke('{}')).payload);
    expect(thrown).toMatchObject({ errorType: 'Error', errorMessage: 'thrown late' });
    expect(lambda.workerPids()).toEqual([]);
  });

  it('kills a worker that needs more than its memory', async () => {
    const { lambda, lines } = makeFunction(
      `const kept = [];
       export const handler = async () => { for (;;) { kept.push(Buffer.alloc(8e6, 1)); await new Promise((r) => setTimeout(r, 5)); } };`,
      { memoryMb: 160 },
    );
    const result = await lambda.invoke('{}');
    expect(JSON.parse(result.payload).errorMessage).toMatch(/signal: killed/);
    expect(lines.at(-1)?.message).toMatch(/Error Type: Runtime\.OutOfMemory/);
  });

  it('limits request and response to 6 MB', async () => {
    const { lambda } = makeFunction(`export const handler = async (event) => 'x'.repeat(event.length ?? 0);`);
    expect((await lambda.invoke(JSON.stringify('x'.repeat(6_291_456)))).statusCode).toBe(413);
    const large = await lambda.invoke('{"length":6291455}');
    expect(large.functionError).toBe('Unhandled');
    expect(JSON.parse(large.payload).errorType).toBe('Function.ResponseSizeTooLarge');
    expect((await lambda.invoke('{"length":6291454}')).functionError).toBeUndefined();
  });
});

describe('concurrency', () => {
  it.each([
    [{ reservedConcurrency: 1 }, 'ReservedFunctionConcurrentInvocationLimitExceeded'],
    [{ maxWorkers: 1 }, 'ConcurrentInvocationLimitExceeded'],
  ])('throttles beyond %j', async (limit, reason) => {
    const { lambda, assetDir } = makeFunction(untilReleased, limit);
    const running = lambda.invoke('{}');
    const throttled = await lambda.invoke('{}');
    expect(throttled.statusCode).toBe(429);
    expect(JSON.parse(throttled.payload)).toMatchObject({ Reason: reason });
    writeFileSync(join(assetDir, 'release'), '');
    expect((await running).statusCode).toBe(200);
    expect((await lambda.invoke('{}')).statusCode).toBe(200);
  });

  it('throttles everything when nothing is reserved for the function', async () => {
    const { lambda } = makeFunction('export const handler = async () => 1;', { reservedConcurrency: 0 });
    expect((await lambda.invoke('{}')).statusCode).toBe(429);
  });
});

describe('the log', () => {
  it('has START, the lines of both streams with the request id, END and REPORT in this order', async () => {
    const { lambda, lines } = makeFunction(`
      console.log('loading');
      export const handler = async () => {
        console.log('hello', { a: 1 }); console.error('trouble'); process.stderr.write('raw\\n'); process.stdout.write('no line break');
      };`);
    const { requestId } = await lambda.invoke('{}');
    await lambda.invoke('{}');
    const own = lines.filter((line) => line.requestId === requestId);
    const platform = own.filter((line) => line.stream === 'platform').map((line) => line.message);
    expect(platform).toEqual([
      `START RequestId: ${requestId} Version: $LATEST`,
      `END RequestId: ${requestId}`,
      expect.stringMatching(
        /^REPORT RequestId: \S+\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 256 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms\tXRAY TraceId: 1-/,
      ),
    ]);
    const out = own.filter((line) => line.stream === 'stdout').map((line) => line.message);
    expect(out.slice(-3)).toEqual([
      expect.stringMatching(new RegExp(`^\\d{4}-.*Z\\t${requestId}\\tINFO\\thello \\{ a: 1 \\}$`)),
      expect.stringMatching(/ERROR\ttrouble$/),
      'no line break',
    ]);
    expect(own.filter((line) => line.stream === 'stderr').map((line) => line.message)).toEqual(['raw']);
    const end = own.findIndex((line) => line.message.startsWith('END'));
    expect(own.slice(end + 1).every((line) => line.stream === 'platform')).toBe(true);
    expect(lines.filter((line) => line.message.startsWith('REPORT')).at(1)?.message).not.toMatch(
      /Init Duration/,
    );
  });
});

describe('tracing', () => {
  const traceOf = 'export const handler = async () => process.env._X_AMZN_TRACE_ID;';
  const root = '1-5759e988-bd862e3fe1be46a994272793';

  it('continues the trace of the caller under a segment of its own', async () => {
    const { lambda, segments } = makeFunction(traceOf);
    const traceHeader = `Root=${root};Parent=53995c3f42cd8ad8;Sampled=1`;
    const seen = JSON.parse((await lambda.invoke('{}', { traceHeader })).payload);
    expect(segments).toHaveLength(1);
    expect(segments[0]).toMatchObject({
      name: lambda.functionName,
      origin: 'AWS::Lambda::Function',
      trace_id: root,
      parent_id: '53995c3f42cd8ad8',
      subsegments: [{ name: 'Initialization' }, { name: 'Invocation' }],
    });
    expect(seen).toBe(`Root=${root};Parent=${String(segments[0]?.['id'])};Sampled=1`);
    await lambda.invoke('{}', { traceHeader });
    expect(segments[1]).toMatchObject({ subsegments: [{ name: 'Invocation' }] });
  });

  it('starts a trace when there is none', async () => {
    const { lambda, segments } = makeFunction(traceOf);
    const seen = JSON.parse((await lambda.invoke('{}')).payload);
    expect(seen).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=1$/);
    expect(segments).toHaveLength(1);
  });

  it('sends nothing for what is not sampled, or in pass-through mode', async () => {
    const active = makeFunction(traceOf);
    const unsampled = `Root=${root};Parent=53995c3f42cd8ad8;Sampled=0`;
    expect(JSON.parse((await active.lambda.invoke('{}', { traceHeader: unsampled })).payload)).toBe(
      unsampled,
    );
    const passing = makeFunction(traceOf, { tracing: 'PassThrough' });
    const sampled = `Root=${root};Parent=53995c3f42cd8ad8;Sampled=1`;
    expect(JSON.parse((await passing.lambda.invoke('{}', { traceHeader: sampled })).payload)).toBe(sampled);
    expect([...active.segments, ...passing.segments]).toEqual([]);
  });

  it('marks a failed invocation as a fault', async () => {
    const { lambda, segments } = makeFunction(
      'export const handler = async () => { throw new Error("bad"); };',
    );
    await lambda.invoke('{}');
    expect(segments[0]).toMatchObject({
      fault: true,
      cause: { exceptions: [{ type: 'Error', message: 'bad' }] },
    });
  });
});

describe('closing', () => {
  it('lets a running invocation end, then leaves no process', async () => {
    const { lambda, assetDir } = makeFunction(untilReleased, { closeWaitMs: 10_000 });
    const running = lambda.invoke('{}');
    const closed = lambda.close();
    writeFileSync(join(assetDir, 'release'), '');
    const pid = Number((await running).payload);
    await closed;
    expect(isAlive(pid)).toBe(false);
    await expect(lambda.invoke('{}')).rejects.toThrow(/closed/);
  });

  it('kills what does not end', async () => {
    const { lambda } = makeFunction('export const handler = () => { for (;;); };', { closeWaitMs: 100 });
    const running = lambda.invoke('{}');
    await lambda.close();
    expect((await running).functionError).toBe('Unhandled');
    expect(lambda.workerPids()).toEqual([]);
  });

  it('leaves a caller that aborts, not the invocation', async () => {
    const { lambda, assetDir } = makeFunction(untilReleased);
    const controller = new AbortController();
    const waiting = lambda.invoke('{}', { signal: controller.signal });
    controller.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    writeFileSync(join(assetDir, 'release'), '');
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function waitUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}
