import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { reasonOf, RuntimeError, systemCode } from '../runtime-error.js';
import { requireJson } from './json-text.js';
import { OptionValues, parsePortBase } from './option-values.js';
import { UsageError } from './usage-error.js';

export interface InvokeOptions {
  readonly functionName: string;
  /** Path of a file with the event, or `-` for the standard input. */
  readonly eventFile: string;
  readonly portBase: number;
}

/** What the command reads and writes besides its options. */
export interface InvokeParts {
  /** Relative paths begin here. */
  readonly callerCwd: string;
  readonly stdin: NodeJS.ReadableStream;
  /** Takes the function's answer. */
  print(text: string): void;
  /** Takes everything else, as lines without their end. */
  notify(text: string): void;
}

/** @throws UsageError. */
export function parseInvokeOptions(args: readonly string[]): InvokeOptions {
  const values = OptionValues.parse(args, { 'port-base': { type: 'string' } }, 2);
  const [functionName, eventFile] = values.positionals;
  if (functionName === undefined || eventFile === undefined) {
    throw new UsageError('invoke needs a function and a file with its event: invoke process-fn event.json');
  }
  return { functionName, eventFile, portBase: parsePortBase(values.text('port-base')) };
}

/**
 * Invokes a function of the runtime that runs at the port base, and shows its answer and the end of its log. Returns 0, or 1
 * when the function failed or was not run.
 *
 * @throws UsageError for an event that cannot be read or is no JSON, RuntimeError `not_running`.
 */
export async function runInvoke(options: InvokeOptions, parts: InvokeParts): Promise<number> {
  const event = await readEvent(options.eventFile, parts);
  const answer = await post(options, event);
  const log = Buffer.from(answer.log ?? '', 'base64')
    .toString()
    .trimEnd();
  if (log !== '') parts.notify(log);
  if (answer.statusCode === 404) {
    const { Message } = JSON.parse(answer.body) as { Message: string };
    throw new UsageError(Message);
  }
  parts.print(`${indented(answer.body)}\n`);
  if (answer.statusCode === 200 && answer.functionError === undefined) return 0;
  const what = answer.functionError === undefined ? (answer.errorType ?? answer.statusCode) : 'an error';
  parts.notify(`${options.functionName} ended with ${what}.`);
  return 1;
}

async function readEvent(file: string, { stdin, callerCwd }: InvokeParts): Promise<string> {
  const event = await (file === '-' ? readAll(stdin) : readFile(resolve(callerCwd, file), 'utf8')).catch(
    (error: unknown) => {
      throw new UsageError(`The event ${file} cannot be read: ${reasonOf(error)}`);
    },
  );
  requireJson(event, file === '-' ? 'stdin' : file);
  return event;
}

interface InvokeAnswer {
  readonly statusCode: number;
  readonly body: string;
  readonly functionError: string | undefined;
  readonly errorType: string | undefined;
  readonly log: string | undefined;
}

/** Not `fetch`, which gives up after five minutes: under a debugger a function takes longer. */
function post({ functionName, portBase }: InvokeOptions, event: string): Promise<InvokeAnswer> {
  return new Promise((settle, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port: portBase,
        method: 'POST',
        path: `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`,
        headers: { 'content-type': 'application/json', 'x-amz-log-type': 'Tail' },
      },
      (response) => {
        const header = (name: string): string | undefined => response.headers[name]?.toString();
        readAll(response).then((body) => {
          settle({
            statusCode: response.statusCode ?? 0,
            body,
            functionError: header('x-amz-function-error'),
            errorType: header('x-amzn-errortype'),
            log: header('x-amz-log-result'),
          });
        }, reject);
      },
    );
    sent.once('error', (error) => {
      if (systemCode(error) !== 'ECONNREFUSED') return reject(error);
      const message = `No Weir runs at port ${portBase}: start it with npm start, or name its --port-base.`;
      reject(new RuntimeError('not_running', message, { cause: error }));
    });
    sent.end(event);
  });
}

function indented(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
