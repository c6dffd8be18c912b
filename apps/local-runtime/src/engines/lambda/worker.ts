/**
 * The program of one worker process: an execution environment that loads one function and runs one invocation at a time.
 * It is bundled on its own and started with `child_process.fork`; everything it needs is in its environment variables.
 */
import { clockSkewVariable, skewClock } from '../../faults/skewed-clock.js';
import { loadHandler, type Handler } from './handler-module.js';
import {
  outputMark,
  type FunctionErrorPayload,
  type InvokeMessage,
  type WorkerMessage,
} from './worker-protocol.js';
import { patchConsole } from './worker-console.js';

const taskRoot = process.env['LAMBDA_TASK_ROOT'] ?? process.cwd();
const handlerName = process.env['_HANDLER'] ?? '';
const logFormat = process.env['AWS_LAMBDA_LOG_FORMAT'] === 'JSON' ? 'JSON' : 'Text';
const functionName = process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? '';
const memoryLimitInMB = process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'] ?? '';
const logGroupName = process.env['AWS_LAMBDA_LOG_GROUP_NAME'] ?? '';
const logStreamName = process.env['AWS_LAMBDA_LOG_STREAM_NAME'] ?? '';

// Kept before the function's code can replace them. Deadlines are by the runtime's clock.
const now = Date.now.bind(Date);
const writeOut = process.stdout.write.bind(process.stdout);
const writeError = process.stderr.write.bind(process.stderr);

const clockSkewMs = Number(process.env[clockSkewVariable] ?? 0);
delete process.env[clockSkewVariable];
if (clockSkewMs !== 0) skewClock(clockSkewMs);

let current: InvokeMessage | undefined;

function send(message: WorkerMessage, done?: () => void): void {
  if (process.send === undefined || !process.connected) process.exit(0);
  process.send(message, undefined, undefined, () => done?.());
}

function errorPayload(error: unknown): FunctionErrorPayload {
  if (error instanceof Error) {
    return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function endOutput(invocation: InvokeMessage): void {
  const mark = outputMark(invocation.outputToken);
  writeOut(mark);
  writeError(mark);
}

function serialize(result: unknown): string {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? 'null';
  } catch (error) {
    throw new Error(
      `Unable to stringify response body: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function contextOf(invocation: InvokeMessage): object {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: '$LATEST',
    functionName,
    memoryLimitInMB,
    logGroupName,
    logStreamName,
    invokedFunctionArn: invocation.invokedFunctionArn,
    awsRequestId: invocation.requestId,
    getRemainingTimeInMillis: () => Math.max(0, invocation.deadlineMs - now()),
  };
}

async function run(handler: Handler, invocation: InvokeMessage): Promise<void> {
  current = invocation;
  process.env['_X_AMZN_TRACE_ID'] = invocation.traceHeader;
  send({ type: 'started', requestId: invocation.requestId });
  try {
    const payload = serialize(await handler(JSON.parse(invocation.payload), contextOf(invocation)));
    finish(invocation, {
      type: 'result',
      requestId: invocation.requestId,
      payload,
      rssBytes: process.memoryUsage.rss(),
    });
  } catch (error) {
    fail(invocation, errorPayload(error), 'Invoke Error', undefined);
  }
}

function finish(invocation: InvokeMessage, message: WorkerMessage, done?: () => void): void {
  current = undefined;
  endOutput(invocation);
  send(message, done);
}

function fail(
  invocation: InvokeMessage,
  error: FunctionErrorPayload,
  title: string,
  exitStatus: number | undefined,
): void {
  console.error(`${title} \t${JSON.stringify(error)}`);
  finish(
    invocation,
    {
      type: 'failure',
      requestId: invocation.requestId,
      error,
      rssBytes: process.memoryUsage.rss(),
      fatal: exitStatus !== undefined,
    },
    exitStatus === undefined ? undefined : () => process.exit(exitStatus),
  );
}

function stopOn(event: 'uncaughtException' | 'unhandledRejection', title: string, exitStatus: number): void {
  process.on(event, (error: unknown) => {
    const payload =
      event === 'unhandledRejection'
        ? {
            errorType: 'Runtime.UnhandledPromiseRejection',
            errorMessage: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
            trace: errorPayload(error).trace ?? [],
          }
        : errorPayload(error);
    if (current === undefined) {
      console.error(`${title} \t${JSON.stringify(payload)}`);
      process.exit(exitStatus);
    }
    fail(current, payload, title, exitStatus);
  });
}

patchConsole(
  console,
  (line) => writeOut(line),
  logFormat,
  () => current?.requestId,
);
// Ctrl-C in a terminal reaches every process of the group; only the runtime decides when a worker ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
// Without its runtime a worker has no purpose; the channel also closes when the runtime is killed.
process.on('disconnect', () => process.exit(0));
stopOn('uncaughtException', 'Uncaught Exception', 129);
stopOn('unhandledRejection', 'Unhandled Promise Rejection', 128);

loadHandler(taskRoot, handlerName).then(
  (handler) => {
    process.on('message', (message: InvokeMessage) => {
      if (message.type === 'invoke') void run(handler, message);
    });
    send({ type: 'ready' });
  },
  (error: unknown) => {
    const payload = errorPayload(error);
    console.error(`Init Error \t${JSON.stringify(payload)}`);
    send({ type: 'initError', error: payload });
  },
);
