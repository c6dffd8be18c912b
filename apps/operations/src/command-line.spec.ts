import { parseCommandLine } from './command-line.js';

const RANGE = ['--from', '2026-05-14T12:00:00Z', '--to', '1778850000000'];
const NOON_MS = Date.UTC(2026, 4, 14, 12);

describe('parseCommandLine', () => {
  it('reads a listing, and where its deployment is', () => {
    const args = [
      '--reason',
      'out_of_range',
      '--device',
      'pump-1',
      '--stage',
      'prod',
      '--table',
      't',
      '--device-groups',
      '64',
      '--json',
    ];
    expect(parseCommandLine(['quarantine', 'list', ...args, '--from', '1000'])).toEqual({
      command: {
        name: 'quarantine list',
        filter: { reason: 'out_of_range', deviceId: 'pump-1', fromMs: 1_000 },
      },
      deployment: { stage: 'prod', blockMinutes: 10, deviceGroups: 64, table: 't' },
      json: true,
    });
  });

  it('reads a redrive of keys, or of all that the filters leave', () => {
    expect(parseCommandLine(['quarantine', 'redrive', 'a', 'b', '--force']).command).toMatchObject({
      choice: { keys: ['a', 'b'] },
      options: { dryRun: false, force: true },
    });
    const filtered = ['quarantine', 'redrive', '--device', 'pump-1', '--dry-run'];
    expect(parseCommandLine(['quarantine', 'redrive', '--all']).command).toMatchObject({ choice: {} });
    expect(parseCommandLine(filtered).command).toMatchObject({
      choice: { deviceId: 'pump-1' },
      options: { dryRun: true, force: false },
    });
  });

  it('reads a replay', () => {
    const args = ['replay', ...RANGE, '--device', 'a', '--device', 'b', '--rate', '10', '--after', 'k'];
    expect(parseCommandLine(args).command).toEqual({
      name: 'replay',
      options: {
        range: { fromMs: NOON_MS, toMs: 1_778_850_000_000 },
        deviceIds: ['a', 'b'],
        ratePerSecond: 10,
        dryRun: false,
        afterKey: 'k',
      },
    });
  });

  it('reads a ledger', () => {
    expect(parseCommandLine(['ledger', ...RANGE, '--lag', '0s']).command).toEqual({
      name: 'ledger',
      options: { range: { fromMs: NOON_MS, toMs: 1_778_850_000_000 }, lagMs: 0 },
    });
    expect(parseCommandLine(['ledger', ...RANGE]).command).toMatchObject({ options: { lagMs: 900_000 } });
    expect(() => parseCommandLine(['ledger'])).toThrow('--from is missing.');
  });

  it('reads a verification', () => {
    expect(parseCommandLine(['verify', ...RANGE, '--lag', '90s', '--repair']).command).toMatchObject({
      options: { deviceIds: [], lagMs: 90_000, repair: true },
    });
    expect(parseCommandLine(['verify', ...RANGE]).command).toMatchObject({
      options: { lagMs: 900_000, repair: false },
    });
  });

  it.each([
    [[], 'There is no command (none given).'],
    [['quarantine'], 'There is no command quarantine.'],
    [['quarantine', 'show'], 'quarantine show needs the KEY of an object.'],
    [['quarantine', 'show', 'a', 'b'], 'The argument b belongs to no option.'],
    [['quarantine', 'redrive'], 'quarantine redrive needs the KEYs of objects, filters, or --all.'],
    [['quarantine', 'redrive', '--all', '--reason', 'undecodable'], '--all excludes filters.'],
    [['quarantine', 'redrive', 'a', '--device', 'b'], 'KEYs exclude filters and --all.'],
    [['quarantine', 'list', '--reason', 'why'], '--reason must be one of undecodable, out_of_range,'],
    [['quarantine', 'list', '--device', 'a b'], '--device must be a device id'],
    [['quarantine', 'list', '--from', 'yesterday'], '--from must be an RFC 3339 time with zone or epoch'],
    [['replay', '--to', '1'], '--from is missing.'],
    [['replay', '--from', '2', '--to', '2'], '--from must be before --to.'],
    [['replay', ...RANGE, '--rate', '0'], '--rate must be a whole number from 1 to 1000000, not 0.'],
    [['verify', ...RANGE, '--lag', '5'], '--lag must be a duration such as 90s, 15m, 1h or 7d, not 5.'],
    [['replay', ...RANGE, '--device-groups', '0'], '--device-groups must be a whole number from 1 to 5000'],
    [['verify', ...RANGE, '--block-minutes', '7'], '--block-minutes must be one of 1, 2, 3,'],
    [['verify', ...RANGE, '--stage', 'moon'], '--stage must be one of dev, staging, prod, not moon.'],
    [['verify', ...RANGE, '--nothing'], "Unknown option '--nothing'"],
  ])('refuses %j', (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(message);
  });
});
