import { runPart } from '../testing/run-part.js';
import { aggregateSizes } from './kpl-aggregation.js';
import { SMALL_GATEWAY, type PackingOfTraffic } from './measure-packing.js';
import { payloadOf } from './payload.js';
import { packingReport } from './report.js';

describe('payload units', () => {
  it('are chunks of 25 KB of each record by itself', () => {
    const KB = 1024;
    expect(payloadOf([1, 25 * KB, 25 * KB + 1, 60 * KB])).toEqual({
      records: 4,
      payloadUnits: 1 + 1 + 2 + 3,
      bytes: 110 * KB + 2,
    });
  });
});

describe('aggregation of the Kinesis Producer Library', () => {
  it('has the length of the message that its format describes', () => {
    // Key table "a": 3 bytes; each record: 2 of its frame, 2 of the key's index, 2 + 5 of the data.
    expect(aggregateSizes([{ partitionKey: 'a', bytes: 5 }])).toEqual([4 + 3 + 11 + 16]);
    expect(
      aggregateSizes([
        { partitionKey: 'a', bytes: 5 },
        { partitionKey: 'a', bytes: 5 },
      ]),
    ).toEqual([4 + 3 + 11 + 11 + 16]);
  });

  it('begins a new record where one would exceed 51,200 bytes', () => {
    const sizes = aggregateSizes(Array.from({ length: 60 }, () => ({ partitionKey: 'a', bytes: 1000 })));
    expect(sizes).toHaveLength(2);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(51_200);
    expect(sizes[0]! + 1010).toBeGreaterThan(51_200);
  });
});

it('ingest-fn needs these payload units for 1,000 readings', async () => {
  const measured = await runPart<PackingOfTraffic[]>('packing');
  const units = measured.map(({ traffic, readings, weir }) => [
    traffic,
    Math.round((1000 * weir.payloadUnits) / readings),
  ]);
  expect(Object.fromEntries(units)).toEqual({
    'single readings': 1000,
    'a device with 60 readings': 17,
    'a gateway with 1,000 readings of one device': 1,
    'a gateway with 1,000 readings of 16 devices': 11,
    'a gateway with 1,000 readings of 100 devices': 16,
    'a gateway with a reading of each of 1,000 devices': 16,
    [SMALL_GATEWAY]: 250,
  });
  for (const { met, figure } of packingReport.goals(measured))
    expect({ met, figure }).toEqual({ met: true, figure });
  expect(packingReport.goals(measured)).toHaveLength(5);
}, 60_000);
