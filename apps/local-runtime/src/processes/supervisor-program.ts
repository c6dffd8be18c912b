import { spawn, type ChildProcess } from 'node:child_process';
import type { SupervisorMessage, SupervisorRequest } from './supervisor-protocol.js';

/**
 * A process of its own between the runtime and a program that is not ours: it ends the program when the runtime asks
 * for it, and also when the runtime dies in whatever way, which it learns from its IPC channel closing.
 *
 * Arguments: the program and its arguments. It ends with the program's exit code (128 + 1 when a signal ended it).
 */
function main(): void {
  const [command, ...args] = process.argv.slice(2);
  if (command === undefined || process.send === undefined) {
    process.stderr.write(
      'The supervisor is started by the local runtime, with an IPC channel and a program to run.\n',
    );
    process.exit(2);
  }
  // The terminal sends its signals to the whole group; only the runtime decides when the program ends.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

  const program = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  program.once('error', (error) => {
    report({ kind: 'failed', reason: error.message }, () => process.exit(1));
  });
  program.once('spawn', () => {
    if (program.pid !== undefined) report({ kind: 'spawned', pid: program.pid });
  });
  program.once('exit', (code) => process.exit(code ?? 129));
  process.on('message', (request: SupervisorRequest) => stop(program, request.graceMs));
  process.on('disconnect', () => stop(program, orphanGraceMs));
}

/** With the runtime gone nobody waits, but the program may still have something to write. */
const orphanGraceMs = 2_000;

function stop(program: ChildProcess, graceMs: number): void {
  program.kill('SIGTERM');
  setTimeout(() => program.kill('SIGKILL'), graceMs);
}

function report(message: SupervisorMessage, then: () => void = () => undefined): void {
  if (process.connected) process.send?.(message, then);
  else then();
}

main();
