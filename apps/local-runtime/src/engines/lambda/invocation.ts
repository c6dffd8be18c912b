import { exitedError, responseTooLargeError, timedOutError } from './function-errors.js';
import { functionSegment } from './function-segment.js';
import type { InvokeResult } from './lambda-function.js';
import { payloadBytesMax } from './payload-limit.js';
import { endLine, reportLine, startLine } from './platform-log.js';
import { formatTraceHeader, newSegmentId, newTraceRoot, parseTraceHeader } from './trace-header.js';
import type { InitOutcome, InvocationOutcome, WorkerProcess } from './worker-process.js';
import type { FunctionErrorPayload } from './worker-protocol.js';

/** What one invocation needs of its function. */
export interface InvocationInput {
  readonly functionName: string;
  readonly functionArn: string;
  readonly accountId: string;
  readonly timeoutSeconds: number;
  /** After so long the worker is killed: `timeoutSeconds`, or far longer while somebody debugs. */
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly tracing: 'Active' | 'PassThrough';
  readonly requestId: string;
  readonly payload: string;
  readonly traceHeader: string | undefined;
  now(): number;
  /** Once the function closes no further worker is started. */
  closing(): boolean;
  acquire(): { readonly worker: WorkerProcess; readonly cold: boolean };
  giveBack(worker: WorkerProcess, reusable: boolean): Promise<void>;
  log(message: string): void;
  onSegment(segment: object): void;
}

/** A worker that dies before the handler starts has done nothing, so another is tried; but not for ever. */
const workersMax = 3;

interface Trace {
  readonly root: string;
  readonly parent: string | undefined;
  /** Set when Lambda sends a segment of its own. */
  readonly segmentId: string | undefined;
  readonly header: string;
}

interface Ending {
  readonly outcome: InvocationOutcome | InitOutcome;
  readonly initMs: number | undefined;
  readonly durationMs: number;
}

/** Runs one invocation from START to REPORT. Never rejects. */
export async function runInvocation(input: InvocationInput): Promise<InvokeResult> {
  const trace = traceOf(input);
  const startMs = input.now();
  const ending = await runOnWorker(input, trace);
  const error = errorOf(input, ending.outcome);
  reportEnd(input, trace, ending, error);
  if (trace.segmentId !== undefined) {
    input.onSegment(
      functionSegment({
        ...input,
        segmentId: trace.segmentId,
        initializationId: newSegmentId(),
        invocationId: newSegmentId(),
        traceRoot: trace.root,
        parentId: trace.parent,
        startMs,
        endMs: input.now(),
        initMs: ending.initMs,
        error,
      }),
    );
  }
  const { requestId } = input;
  if (ending.outcome.kind === 'notStarted') {
    const message = 'No worker process stayed alive to run the function';
    return { statusCode: 500, payload: JSON.stringify({ Type: 'Service', message }), requestId };
  }
  if (error !== undefined) {
    return { statusCode: 200, functionError: 'Unhandled', payload: JSON.stringify(error), requestId };
  }
  return {
    statusCode: 200,
    payload: ending.outcome.kind === 'result' ? ending.outcome.payload : 'null',
    requestId,
  };
}

/**
 * With active tracing Lambda samples what its caller sampled, and everything that comes without a decision; in pass-through
 * mode it hands on what it got and sends nothing.
 */
function traceOf(input: InvocationInput): Trace {
  const incoming = parseTraceHeader(input.traceHeader);
  const root = incoming?.root ?? newTraceRoot(input.now());
  const parent = incoming?.parent;
  if (input.tracing === 'Active' && incoming?.sampled !== false) {
    const segmentId = newSegmentId();
    return { root, parent, segmentId, header: formatTraceHeader({ root, parent: segmentId, sampled: true }) };
  }
  const header = formatTraceHeader({
    root,
    // Lambda names one even where nothing is recorded, and the X-Ray SDK complains of a header without.
    parent: parent ?? newSegmentId(),
    sampled: incoming?.sampled ?? false,
  });
  return { root, parent, segmentId: undefined, header };
}

async function runOnWorker(input: InvocationInput, trace: Trace): Promise<Ending> {
  let started = false;
  for (let tried = 1; ; tried += 1) {
    const acquiredMs = performance.now();
    const { worker, cold } = input.acquire();
    const init = await worker.initialized;
    const initMs = cold ? performance.now() - acquiredMs : undefined;
    if (!started) input.log(startLine(input.requestId));
    started = true;
    const invokedMs = performance.now();
    const outcome =
      init.kind === 'ready'
        ? await worker.invoke({
            requestId: input.requestId,
            payload: input.payload,
            invokedFunctionArn: input.functionArn,
            traceHeader: trace.header,
            timeoutMs: input.timeoutMs,
          })
        : init;
    const durationMs = performance.now() - invokedMs;
    const reusable = outcome.kind === 'result' || (outcome.kind === 'failure' && !outcome.fatal);
    await input.giveBack(worker, reusable);
    if (!mayMove(outcome, init) || tried === workersMax || input.closing())
      return { outcome, initMs, durationMs };
  }
}

/** A worker that was killed from outside before it called the handler: another one may do the work instead. */
function mayMove(outcome: InvocationOutcome | InitOutcome, init: InitOutcome): boolean {
  if (outcome.kind === 'notStarted') return true;
  return outcome === init && init.kind === 'exited' && init.exit.signal === 'SIGKILL';
}

function errorOf(
  input: InvocationInput,
  outcome: InvocationOutcome | InitOutcome,
): FunctionErrorPayload | undefined {
  switch (outcome.kind) {
    case 'result':
      return Buffer.byteLength(outcome.payload) > payloadBytesMax ? responseTooLargeError() : undefined;
    case 'failure':
    case 'error':
      return outcome.error;
    case 'exited':
      return exitedError(input.requestId, outcome.exit);
    case 'timedOut':
      return timedOutError(input.requestId, input.timeoutSeconds);
    case 'notStarted':
    case 'ready':
      return undefined;
  }
}

function reportEnd(
  input: InvocationInput,
  trace: Trace,
  ending: Ending,
  error: FunctionErrorPayload | undefined,
): void {
  const { outcome } = ending;
  if (outcome.kind === 'timedOut') {
    const time = new Date(input.now()).toISOString();
    input.log(`${time} ${input.requestId} Task timed out after ${input.timeoutSeconds.toFixed(2)} seconds`);
  }
  if (outcome.kind === 'exited' && error !== undefined) input.log(error.errorMessage);
  input.log(endLine(input.requestId));
  const outOfMemory = outcome.kind === 'exited' && 'outOfMemory' in outcome && outcome.outOfMemory;
  input.log(
    reportLine({
      requestId: input.requestId,
      durationMs: ending.durationMs,
      memoryMb: input.memoryMb,
      memoryUsedBytes: 'rssBytes' in outcome ? outcome.rssBytes : 0,
      initMs: ending.initMs,
      traceRoot: trace.root,
      segmentId: trace.segmentId,
      status: outcome.kind === 'timedOut' ? 'timeout' : error === undefined ? undefined : 'error',
      errorType: outOfMemory ? 'Runtime.OutOfMemory' : error?.errorType,
    }),
  );
}
