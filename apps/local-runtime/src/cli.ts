import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { AssemblyError, AssemblyProblems } from './assembly/errors.js';
import { helpText } from './cli/help.js';
import { runStart } from './cli/start-command.js';
import { parseInvokeOptions, runInvoke } from './cli/invoke-command.js';
import { parseLogsOptions, runLogs } from './cli/logs-command.js';
import { parseStartOptions } from './cli/start-options.js';
import { makeToken, parseTokenOptions } from './cli/token-command.js';
import { UsageError } from './cli/usage-error.js';
import { RuntimeError } from './runtime-error.js';

/** How long an orderly stop may take before everything is ended by force. */
const stopMsMax = 30_000;

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(helpText);
    return 0;
  }
  if (args[0] === 'token') {
    const options = parseTokenOptions(args.slice(1), process.cwd());
    process.stdout.write(`${await makeToken(options, { clock: Date.now, newId: randomUUID })}\n`);
    return 0;
  }
  if (args[0] === 'invoke') {
    return runInvoke(parseInvokeOptions(args.slice(1)), {
      callerCwd: process.env.INIT_CWD ?? process.cwd(),
      stdin: process.stdin,
      print,
      notify,
    });
  }
  if (args[0] === 'logs') {
    const stopSignal = stopOnSignals({ quietly: true });
    return runLogs(parseLogsOptions(args.slice(1), process.cwd()), { print, stopSignal });
  }
  const surroundings = {
    environment: process.env,
    cwd: process.cwd(),
    callerCwd: process.env.INIT_CWD ?? process.cwd(),
  };
  const options = parseStartOptions(args, surroundings);
  return runStart(options, {
    ...surroundings,
    entries: {
      worker: sibling('engines/lambda/worker.mjs'),
      kinesaliteServer: sibling('engines/kinesis/kinesalite-server.mjs'),
      kinesisLocalServer: sibling('engines/kinesis/kinesis-local-server.mjs'),
      supervisor: sibling('processes/supervisor-program.mjs'),
    },
    modulesFrom: fileURLToPath(import.meta.url),
    clock: Date.now,
    random: Math.random,
    newId: randomUUID,
    print,
    notify,
    stopSignal: stopOnSignals(),
  });
}

function sibling(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

function print(text: string): void {
  process.stdout.write(text);
}

function notify(message: string): void {
  process.stderr.write(`${message}\n`);
}

/**
 * The first signal asks for an orderly stop; a second one, or a stop that takes too long, ends the process at once. Its
 * children notice that it is gone, and end as well.
 */
function stopOnSignals({ quietly = false } = {}): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130);
      if (!quietly) notify('Stopping. Press Ctrl-C again to stop at once.');
      controller.abort();
      setTimeout(() => {
        notify('The orderly stop took too long; ending at once.');
        process.exit(1);
      }, stopMsMax).unref();
    });
  }
  return controller.signal;
}

function report(error: unknown): number {
  if (error instanceof UsageError) {
    notify(error.message);
    return 2;
  }
  const expected =
    error instanceof RuntimeError || error instanceof AssemblyError || error instanceof AssemblyProblems;
  notify(expected ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error));
  return 1;
}

// Whoever started this process has died without a word, and with it whoever could stop it in order.
process.on('disconnect', () => process.exit(1));

main(process.argv.slice(2))
  .catch(report)
  .then((exitCode) => process.exit(exitCode));
