import type { ProcessUsage } from './process-usage.js';
import { cpuByRole } from './usage-recorder.js';

function usage(pid: number, role: string, cpuSeconds: number): ProcessUsage {
  return { pid, role, cpuSeconds, residentBytes: 0 };
}

it('CPU time is that since the first sample, with processes that came later and that ended', () => {
  const samples = [
    [usage(1, 'runtime', 10), usage(2, 'process-fn', 3)],
    [usage(1, 'runtime', 12), usage(2, 'process-fn', 4), usage(3, 'process-fn', 1)],
    [usage(1, 'runtime', 15), usage(3, 'process-fn', 2.5)],
  ];
  expect(cpuByRole(samples)).toEqual({ runtime: 5, 'process-fn': 1 + 2.5 });
});
