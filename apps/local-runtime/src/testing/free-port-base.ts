import { isPortFree } from '../processes/free-port.js';

/**
 * A port with two free ones behind it, below those of outgoing connections. Tests in other processes get others.
 *
 * @param occupied another base, to keep clear of
 */
export async function findPortBase(occupied = 0): Promise<number> {
  const worker = Number(process.env.JEST_WORKER_ID ?? 1);
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const base = 10_000 + ((process.pid * 31 + worker * 977 + attempt * 101) % 9_000);
    const ports = [base, base + 1, base + 2];
    if (Math.abs(base - occupied) < 10) continue;
    if ((await Promise.all(ports.map(isPortFree))).every(Boolean)) return base;
  }
  throw new Error('No three free ports were found.');
}
