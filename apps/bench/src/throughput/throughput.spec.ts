import { runPart } from '../testing/run-part.js';
import type { Throughput } from './measure-throughput.js';

it('a warm process-fn makes one request for 60 readings of a device, for one write unit', async () => {
  const { processing } = await runPart<Throughput>('throughput', '--turns', '1', '--warm-up', '0');
  const counts = processing.map(({ metrics, requests, writeUnits }) => ({ metrics, requests, writeUnits }));
  expect(counts).toEqual([
    { metrics: 3, requests: { PutItem: 1 }, writeUnits: 1 },
    { metrics: 5, requests: { PutItem: 1 }, writeUnits: 1 },
  ]);
}, 60_000);
