import { setTimeout as sleep } from 'node:timers/promises';
import { parseCommandLine } from './command-line.js';
import { reachDeployment } from './deployment.js';
import { HELP } from './help.js';
import { OperationError } from './operation-error.js';
import { QuarantinedObjectError } from './quarantined-object.js';
import { runCommand } from './run-command.js';
import { UsageError } from './usage-error.js';

/** Progress is told at most so often. */
const PROGRESS_INTERVAL_MS = 2_000;

/** Runs the command to its end. Resolves to the exit status: 0, 1 for a failure, 2 for a command line that makes no sense. */
async function main(args: readonly string[]): Promise<number> {
  if (args.length === 0 || args.includes('--help') || args.includes('-h')) {
    process.stdout.write(HELP);
    return 0;
  }
  try {
    const commandLine = parseCommandLine(args);
    return await runCommand(commandLine, {
      deployment: reachDeployment(commandLine.deployment),
      clock: Date.now,
      sleep,
      signal: stopOnSignals(),
      print: (text) => process.stdout.write(text),
      notify: progress(),
    });
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    if (!(error instanceof UsageError)) return 1;
    process.stderr.write('--help shows how it is used.\n');
    return 2;
  }
}

/** The first signal lets a command come to a place where it can be continued, the second ends it. */
function stopOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort();
    });
  }
  return controller.signal;
}

function progress(): (line: string) => void {
  let toldAtMs = Date.now();
  return (line) => {
    if (Date.now() - toldAtMs < PROGRESS_INTERVAL_MS) return;
    toldAtMs = Date.now();
    process.stderr.write(`${line}\n`);
  };
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const expected =
    error instanceof UsageError || error instanceof OperationError || error instanceof QuarantinedObjectError;
  return expected ? error.message : `${error.name}: ${error.message}`;
}

process.exitCode = await main(process.argv.slice(2));
