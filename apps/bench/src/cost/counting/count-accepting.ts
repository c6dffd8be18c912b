import { fork } from 'node:child_process';
import { FUNCTION_VARIABLES, NODE_OPTIONS, messageOf } from '../../child-process.js';
import { startCountingStream } from '../../packing/counting-stream.js';
import type { CountedUnits, CpuMicros } from '../counted-units.js';
import type { AcceptingOrder, AcceptingWork } from './accepting-process.js';
import { significant } from './count-storing.js';

export interface CountedAccepting {
  readonly envelopeBytes: CountedUnits['envelopeBytes'];
  readonly answerBytes: number;
  readonly logBytesARequest: number;
  readonly cpuMicros: CpuMicros;
}

const REQUESTS = 200;

/** Counts what ingest-fn takes to accept requests, as it is deployed, before a stream in this process that takes everything. */
export async function countAccepting(): Promise<CountedAccepting> {
  const stream = await startCountingStream();
  const child = fork(new URL('./accepting-process.ts', import.meta.url), {
    execArgv: NODE_OPTIONS,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      ...process.env,
      ...FUNCTION_VARIABLES,
      AWS_LAMBDA_FUNCTION_NAME: 'ingest-fn',
      AWS_ENDPOINT_URL_KINESIS: stream.endpoint,
    },
  });
  let logBytes = 0;
  child.stdout?.on('data', (chunk: Buffer) => (logBytes += chunk.byteLength));
  const accept = async (order: Omit<AcceptingOrder, 'requests'>) => {
    child.send({ ...order, requests: REQUESTS } satisfies AcceptingOrder);
    const { cpuMicros, answerBytes } = await messageOf<AcceptingWork>(child);
    const sizes = stream.take();
    const bytes = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    return { cpu: cpuMicros / REQUESTS, bytes, answerBytes };
  };
  try {
    await accept({ devices: 1, perDevice: 1, metrics: 3 });
    logBytes = 0;
    const one = await accept({ devices: 1, perDevice: 1, metrics: 3 });
    const logBytesARequest = significant(logBytes / REQUESTS);
    const many = await accept({ devices: 1, perDevice: 60, metrics: 3 });
    const wide = await accept({ devices: 1, perDevice: 60, metrics: 5 });
    const fleet = await accept({ devices: 50, perDevice: 1, metrics: 3 });
    const aMetric = (wide.bytes - many.bytes) / (60 * 2);
    const aReading = (many.bytes - one.bytes) / 59 - 3 * aMetric;
    const cpuAReading = Math.max(0, (many.cpu - one.cpu) / 59);
    return {
      envelopeBytes: {
        itself: Math.round(one.bytes - aReading - 3 * aMetric),
        aReading: significant(aReading),
        aMetric: significant(aMetric),
      },
      answerBytes: one.answerBytes,
      logBytesARequest,
      cpuMicros: {
        anInvocation: significant(one.cpu - cpuAReading),
        aDevice: significant(Math.max(0, (fleet.cpu - one.cpu) / 49 - cpuAReading)),
        aReading: significant(cpuAReading),
      },
    };
  } finally {
    child.disconnect();
    stream.close();
  }
}
