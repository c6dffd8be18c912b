import type { ProcessUsage } from '../end-to-end/process-usage.js';
import { isBounded, summarizeMemory } from './memory-record.js';

const MB = 1024 * 1024;

/** One sample a second of a worker and the runtime, the runtime's memory given in MB. */
function samplesOf(runtimeMb: readonly number[]): ProcessUsage[][] {
  return runtimeMb.map((mb) => [
    { pid: 1, role: 'runtime', residentBytes: mb * MB, cpuSeconds: 0 },
    { pid: 2, role: 'fn', residentBytes: 90 * MB, cpuSeconds: 0 },
    { pid: 3, role: 'fn', residentBytes: 110 * MB, cpuSeconds: 0 },
  ]);
}

describe('the memory of a run', () => {
  it('is summed up by role', () => {
    expect(summarizeMemory(samplesOf([50, 100, 400, 200]))).toEqual([
      {
        role: 'fn',
        peakBytes: 110 * MB,
        quarterBytes: [200 * MB, 200 * MB, 200 * MB, 200 * MB],
        processesMax: 2,
      },
      {
        role: 'runtime',
        peakBytes: 400 * MB,
        quarterBytes: [50 * MB, 100 * MB, 400 * MB, 200 * MB],
        processesMax: 1,
      },
    ]);
  });

  it.each([
    ['grows with the readings', [100, 200, 300, 400], false],
    ['levels off', [100, 300, 310, 320], true],
    ['goes up and down', [100, 300, 150, 320], true],
  ])('that %s', (_what, runtimeMb, bounded) => {
    const runtime = summarizeMemory(samplesOf(runtimeMb)).find(({ role }) => role === 'runtime');
    expect(runtime !== undefined && isBounded(runtime)).toBe(bounded);
  });
});
