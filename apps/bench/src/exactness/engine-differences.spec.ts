import { engineDifferences } from './engine-differences.js';
import type { CostsOfWorkload } from './measure-designs.js';

const on = (engine: string, writeUnits: number, operation = 'PutItem'): CostsOfWorkload => ({
  engine,
  workload: 'faults',
  settings: { devices: 1, hours: 1, perBatch: 1, metrics: 3, faults: true, replay: false, seed: 1 },
  costs: [
    {
      design: 'some-design',
      readings: 10,
      meter: { readUnits: 0, writeUnits, requests: { [operation]: 1 }, requestBytes: 0, answerBytes: 0 },
      cpuMicros: writeUnits,
      storedBytes: 0,
      items: 0,
      countError: 0,
    },
  ],
});

it('finds none where everything counted is the same', () => {
  expect(engineDifferences([on('one', 20), on('other', 20)])).toEqual([]);
});

it('names what differs, and why where that is known', () => {
  const difference = { workload: 'faults', design: 'some-design', unit: 'writeUnits' };
  expect(engineDifferences([on('one', 20), on('other', 4)])).toEqual([
    { ...difference, figures: { one: 2, other: 0.4 } },
  ]);
  const [known] = engineDifferences([
    on('one', 20, 'TransactWriteItems'),
    on('other', 4, 'TransactWriteItems'),
  ]);
  expect(known).toMatchObject({ ...difference, reason: expect.stringContaining('four units') });
});
