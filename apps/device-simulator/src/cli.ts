import { setTimeout as sleepFor } from 'node:timers/promises';

import { parseCommandLine, USAGE } from './command-line.js';
import type { Command } from './command-line.js';
import { startLifetime } from './lifetime.js';
import { runCheckCommand } from './run-check.js';
import { runReplayCommand } from './run-replay.js';
import { runSimulationCommand } from './run-simulation.js';
import type { Surroundings } from './surroundings.js';
import { UsageError } from './usage-error.js';

/** Runs a command to its end. Resolves to the exit status: 0, 1 for a failure, 2 for a command line that makes no sense. */
async function main(): Promise<number> {
  const argv = process.argv.slice(2);
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(USAGE);
    return 0;
  }
  const lifetime = startLifetime(process);
  const surroundings: Surroundings = {
    signal: lifetime.signal,
    clock: () => Date.now(),
    sleep: (durationMs, signal) => sleepFor(durationMs, undefined, { signal }),
    writeLine: (line) => process.stderr.write(`${line}\n`),
    writeMessage: (text) => process.stderr.write(text),
    writeResult: (text) => process.stdout.write(text),
    messagesToTerminal: process.stderr.isTTY === true,
  };
  try {
    await run(parseCommandLine(argv, process.env), surroundings);
    return 0;
  } catch (error) {
    surroundings.writeLine(error instanceof Error ? error.message : String(error));
    if (!(error instanceof UsageError)) return 1;
    surroundings.writeLine('--help shows how it is used.');
    return 2;
  } finally {
    lifetime.release();
  }
}

function run(command: Command, surroundings: Surroundings): Promise<void> {
  switch (command.command) {
    case 'simulate':
      return runSimulationCommand(command, surroundings);
    case 'check':
      return runCheckCommand(command, surroundings);
    case 'replay':
      return runReplayCommand(command, surroundings);
  }
}

void main().then((exitCode) => {
  process.exitCode = exitCode;
});
