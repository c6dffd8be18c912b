import { isPortFree } from '../processes/free-port.js';
import { RuntimeError } from '../runtime-error.js';
import type { InspectedFunction } from './boot-context.js';

/** The error of a fixed port that another program has. */
export function portInUse(port: number, cause?: unknown): RuntimeError {
  return new RuntimeError(
    'port_in_use',
    `Port ${port} is in use: end the program that uses it, or start with another --port-base.`,
    { cause },
  );
}

/** Checks the ports for debuggers before anything is started. @throws RuntimeError `port_in_use`. */
export async function requireFreeInspectorPorts(inspected: readonly InspectedFunction[]): Promise<void> {
  for (const { functionName, port } of inspected) {
    if (port === 0 || (await isPortFree(port))) continue;
    throw new RuntimeError(
      'port_in_use',
      `Port ${port} for the debugger of ${functionName} is in use: end the program that uses it, or name another one with --inspect ${functionName}:PORT.`,
    );
  }
}

/** Checks fixed ports before anything is started. @throws RuntimeError `port_in_use` naming the first that is taken. */
export async function requireFreePorts(ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    if (!(await isPortFree(port))) throw portInUse(port);
  }
}
