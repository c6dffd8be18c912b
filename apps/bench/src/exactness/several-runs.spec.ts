import type { MeasuredCost } from './measured-cost.js';
import { ofSeveralRuns } from './several-runs.js';

const cost = (cpuMicros: number, writeUnits = 11): MeasuredCost => ({
  design: 'weir',
  readings: 60,
  meter: { readUnits: 0, writeUnits, requests: { UpdateItem: 11 }, requestBytes: 1, answerBytes: 1 },
  cpuMicros,
  storedBytes: 1,
  items: 1,
  countError: 0,
});

it('takes the median of the CPU time', () => {
  expect(ofSeveralRuns('x', [cost(30), cost(10), cost(20)]).cpuMicros).toBe(20);
});

it('refuses runs whose counts are not the same', () => {
  expect(() => ofSeveralRuns('dynoxide, faults, weir', [cost(10), cost(10, 12)])).toThrow(
    'dynoxide, faults, weir: counts must be the same in every run',
  );
});
