import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faultKindOf, faultPlanOf, PLANNED_FAULTS } from './fault-schedule.js';
import { tallyFaults } from './fault-tally.js';

type Rule = Readonly<Record<string, unknown>>;

describe('the plan of faults', () => {
  it('is decided by the seed and the life', () => {
    expect(faultPlanOf(1, 0)).toEqual(faultPlanOf(1, 0));
    expect(faultPlanOf(1, 1)).not.toEqual(faultPlanOf(1, 0));
    expect(faultPlanOf(2, 0)).not.toEqual(faultPlanOf(1, 0));
  });

  it('has every kind that a run waits for, and no other', () => {
    const { calls, events } = faultPlanOf(1, 0);
    const kinds = [...calls, ...events].flatMap((rule) =>
      (rule as Rule)['fault'] === 'reshard'
        ? [faultKindOf({ ...rule, split: 's' }), faultKindOf({ ...rule, merged: ['a', 'b'] })]
        : [faultKindOf(rule as Rule)],
    );
    expect([...new Set(kinds)].sort()).toEqual([...PLANNED_FAULTS].sort());
  });
});

describe('the tally of faults', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'weir-tally-'));
  afterAll(() => rmSync(dataDir, { recursive: true }));
  const line = (entry: object): string => JSON.stringify({ time: '', message: JSON.stringify(entry) });

  it('counts what was applied, by kind, over both files of the log', () => {
    expect(tallyFaults(dataDir).size).toBe(0);
    mkdirSync(join(dataDir, 'logs'));
    writeFileSync(
      join(dataDir, 'logs', 'faults.ndjson.1'),
      `${line({ fault: 'throttle', service: 'kinesis' })}\n`,
    );
    writeFileSync(
      join(dataDir, 'logs', 'faults.ndjson'),
      [
        line({ fault: 'throttle', service: 'kinesis' }),
        line({ fault: 'reshard', failed: 'engine away' }),
        line({ fault: 'reshard', stream: 's', merged: ['a', 'b'] }),
        line({ fault: 'killCaller', service: 'dynamodb', moment: 'after' }),
        '{"time":"cut sho',
      ].join('\n'),
    );
    expect(Object.fromEntries(tallyFaults(dataDir))).toEqual({
      'kinesis throttle': 2,
      'reshard merge': 1,
      'killCaller after': 1,
    });
  });
});
