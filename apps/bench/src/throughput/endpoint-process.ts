import type { AddressInfo } from 'node:net';
import { startCountingStream } from '../packing/counting-stream.js';
import { startAnsweringStore } from './answering-store.js';

/** An endpoint in a process of its own, so that its work is nobody else's CPU time. Ends with its parent. */

async function start(kind: string | undefined): Promise<string> {
  if (kind === 'stream') return (await startCountingStream()).endpoint;
  const { port } = (await startAnsweringStore()).address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

process.on('disconnect', () => process.exit());
process.send?.(await start(process.argv[2]));
