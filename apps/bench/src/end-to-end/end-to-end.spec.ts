import { runPart } from '../testing/run-part.js';
import type { EndToEnd } from './measure-end-to-end.js';
import { endToEndReport } from './report.js';

it('follows readings through the local pipeline, and accounts for all of them', async () => {
  const measured = await runPart<EndToEnd>('end-to-end', '--samples', '3', '--readings', '3000');
  expect(measured.latencies.map(({ windowSeconds, samples }) => [windowSeconds, samples])).toEqual([
    [1, 3],
    [0, 3],
  ]);
  for (const { accepted, queryable } of measured.latencies) {
    expect(accepted.p50).toBeGreaterThan(0);
    expect(queryable.p50).toBeGreaterThan(accepted.p50);
    expect(queryable.p99).toBeGreaterThanOrEqual(queryable.p50);
  }
  expect(measured.throughput).toMatchObject({ readings: 3000, queryable: 3000 });
  expect(Object.keys(measured.throughput.cpuPerMillion).sort()).toEqual([
    'dynamodb',
    'kinesis',
    'runtime',
    'sender',
    'weir-dev-analytics-fn',
    'weir-dev-authorizer-fn',
    'weir-dev-ingest-fn',
    'weir-dev-process-fn',
  ]);
  expect(endToEndReport.goals(measured).at(-1)).toMatchObject({ met: true, figure: '3000 of 3000' });
}, 600_000);
