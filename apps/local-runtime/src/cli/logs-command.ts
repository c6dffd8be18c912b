import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { shownEntry, type LogEntry } from '../engines/logs/log-entry.js';
import { LogTail } from '../engines/logs/log-tail.js';
import { isNamed } from '../faults/fault-plan.js';
import { OptionValues } from './option-values.js';
import { UsageError } from './usage-error.js';

export interface LogsOptions {
  readonly dataDir: string;
  /** A function by its name or the end of it, or another name of a log. */
  readonly source: string | undefined;
  readonly traceId: string | undefined;
  readonly follow: boolean;
  /** Lines as they are kept, not as they are shown to people. */
  readonly json: boolean;
}

export interface LogsParts {
  print(text: string): void;
  /** Aborted when the user asks to stop. */
  readonly stopSignal: AbortSignal;
}

const followIntervalMs = 250;
const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const optionKinds = { 'data-dir': text, function: text, trace: text, follow: flag, json: flag } as const;

/** @throws UsageError naming the option that is unknown or wrong. */
export function parseLogsOptions(args: readonly string[], cwd: string): LogsOptions {
  const values = OptionValues.parse(args, optionKinds);
  const traceId = values.text('trace');
  if (traceId !== undefined && !/^1-[0-9a-f]{8}-[0-9a-f]{24}$/.test(traceId)) {
    throw new UsageError(
      `--trace must be a trace id such as 1-5759e988-bd862e3fe1be46a994272793, not ${traceId}.`,
    );
  }
  return {
    dataDir: resolve(cwd, values.text('data-dir') ?? '.weir'),
    source: values.text('function'),
    traceId,
    follow: values.flag('follow'),
    json: values.flag('json'),
  };
}

/**
 * Shows what functions and gateways logged, in order of time, and with `follow` whatever they log from then on. A trace has
 * the lines that name it, and all others of their invocations: also of those that worked on several traces at once.
 *
 * @throws UsageError where nothing of that name has logged anything, and nothing is waited for.
 */
export async function runLogs(options: LogsOptions, { print, stopSignal }: LogsParts): Promise<number> {
  const tail = new LogTail(join(options.dataDir, 'logs'), (source) => isNamed(source, options.source));
  const known = tail.sources();
  if (!options.follow && !known.some((source) => isNamed(source, options.source))) {
    throw new UsageError(
      known.length === 0
        ? `There are no logs in ${options.dataDir}.`
        : `Nothing named ${String(options.source)} has logged anything. There are: ${known.join(', ')}.`,
    );
  }
  const belongs = options.traceId === undefined ? everything : traceFilter(options.traceId);
  for (;;) {
    for (const entry of belongs(tail.read())) print(`${options.json ? entry.line : shownEntry(entry)}\n`);
    if (!options.follow || stopSignal.aborted) return 0;
    await delay(followIntervalMs, undefined, { signal: stopSignal }).catch(() => undefined);
  }
}

function everything(entries: readonly LogEntry[]): readonly LogEntry[] {
  return entries;
}

/** Keeps the requests that it has seen name the trace, from one call to the next. */
function traceFilter(traceId: string): (entries: readonly LogEntry[]) => readonly LogEntry[] {
  const requests = new Set<string>();
  return (entries) => {
    const naming = new Set(entries.filter(({ line }) => line.includes(traceId)));
    for (const { requestId } of naming) if (requestId !== undefined) requests.add(requestId);
    return entries.filter(
      (entry) => naming.has(entry) || (entry.requestId !== undefined && requests.has(entry.requestId)),
    );
  };
}
