import { createServer } from 'node:net';
import { RuntimeError } from '../runtime-error.js';

/** Whether nothing listens on the TCP port of the loopback interface. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Attempts before giving up; the range below holds far more ports than a machine has listeners. */
const attemptsMax = 200;

/**
 * Finds a free port for an engine: `preferred` if it is free, else one in 20000–31999. That range lies below the ports
 * that Linux gives to outgoing connections, so that nobody takes the port while its engine is being restarted.
 *
 * @param random a number in [0, 1)
 */
export async function findEnginePort(
  preferred: number,
  taken: ReadonlySet<number>,
  random: () => number,
): Promise<number> {
  if (preferred <= 65_535 && !taken.has(preferred) && (await isPortFree(preferred))) return preferred;
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const port = 20_000 + Math.floor(random() * 12_000);
    if (!taken.has(port) && (await isPortFree(port))) return port;
  }
  throw new RuntimeError(
    'port_in_use',
    'No free port was found between 20000 and 31999: end other programs and start again.',
  );
}
