import { cpuTable, throughputText } from './report.js';

const throughput = {
  readings: 10_000,
  queryable: 10_000,
  acceptedPerSecond: 9_000,
  processedPerSecond: 5_000,
  cpuPerMillion: { runtime: 50, 'process-fn': 150 },
  busyCores: 1,
};

it('says what bounds a pipeline', () => {
  expect(throughputText({ ...throughput, busyCores: 1.8 }, 2)).toContain(
    'The cores bound it, most of all process-fn.',
  );
  expect(throughputText(throughput, 2)).toContain('by CPU alone it would be 10,000 readings/s.');
});

it('shows CPU time with the most expensive process first', () => {
  expect(cpuTable(throughput).split('\n').slice(2)).toEqual([
    '| process-fn | 150 | 75 % |',
    '| runtime | 50 | 25 % |',
    '| all | 200 | 100 % |',
  ]);
});
