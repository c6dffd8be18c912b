import { runPart } from '../testing/run-part.js';
import type { ColdStartTime } from './measure-cold-start.js';

// The command fails where a first invocation is not answered as it should be.
it('each function answers its first invocation, next to an empty handler and a bare client', async () => {
  const times = await runPart<ColdStartTime[]>('cold-start', '--runs', '2');
  expect(times.map(({ project, bareClient }) => [project, bareClient])).toEqual([
    ['authorizer-fn', 'fetch'],
    ['ingest-fn', 'kinesis'],
    ['process-fn', 'dynamodb'],
    ['analytics-fn', 'dynamodb'],
  ]);
  // JSON has no number for what is not finite.
  const figure = expect.any(Number);
  const compared = { cpuMs: figure, toBareClient: figure, toEmpty: figure };
  for (const { load, answered } of times) {
    expect({ load, answered }).toEqual({ load: compared, answered: compared });
    expect(answered.cpuMs).toBeGreaterThan(load.cpuMs);
  }
}, 120_000);
