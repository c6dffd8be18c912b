import { parseCommandLine } from './command-line.js';

const FLEET = ['simulate', '--ingest-url', 'http://127.0.0.1:4001', '--token', 't'];
const CHECK = ['check', 'o.ndjson', '--analytics-url', 'http://a', '--token', 't'];
const REPLAY = ['replay', '--ingest-url', 'http://i', '--analytics-url', 'http://a', '--token', 't'];
const ONE_FILE = [...REPLAY, '--file', 'f.csv', '--device', 'd-1', '--metric', 'm'];

describe('parseCommandLine', () => {
  it('fills in what a fleet needs', () => {
    expect(parseCommandLine(FLEET, {})).toEqual({
      command: 'simulate',
      ingestUrl: 'http://127.0.0.1:4001',
      analyticsUrl: undefined,
      token: 't',
      profile: undefined,
      devices: undefined,
      intervalMs: undefined,
      prefix: 'sim-',
      seed: 1,
      startMs: undefined,
      durationMs: 300_000,
      historyMs: 0,
      oracle: undefined,
    });
    const own = ['--profile', 'p.yaml', '--devices', '3', '--interval', '500ms', '--seed=9', '--oracle', 'o'];
    expect(parseCommandLine([...FLEET, ...own], {})).toMatchObject({
      profile: 'p.yaml',
      devices: 3,
      intervalMs: 500,
      prefix: '',
      seed: 9,
      oracle: 'o',
    });
    const times = [
      '--duration',
      'forever',
      '--history',
      '2h',
      '--start',
      '2026-11-01T13:00:00+01:00',
      '--prefix=',
    ];
    expect(parseCommandLine([...FLEET, ...times], {})).toMatchObject({
      durationMs: Number.POSITIVE_INFINITY,
      historyMs: 7_200_000,
      startMs: Date.UTC(2026, 10, 1, 12),
      prefix: '',
    });
  });

  it('takes the file that a check is of', () => {
    expect(parseCommandLine([...CHECK, '--status-url', 's'], {})).toEqual({
      command: 'check',
      analyticsUrl: 'http://a',
      statusUrl: 's',
      token: 't',
      oracle: 'o.ndjson',
    });
  });

  it('fills in what a replay needs', () => {
    expect(parseCommandLine([...ONE_FILE, '--site', 's', '--rate', '10'], {})).toMatchObject({
      source: { group: { file: 'f.csv', device: 'd-1', metric: 'm', site: 's' } },
      timestampColumn: 'timestamp',
      valueColumn: 'value',
      ratePerSecond: 10,
      batchReadings: 500,
    });
    expect(parseCommandLine([...REPLAY, '--manifest', 'm.json'], {})).toMatchObject({
      source: { manifest: 'm.json' },
      ratePerSecond: undefined,
    });
  });

  it('takes the token from the environment where the option is missing', () => {
    expect(parseCommandLine(FLEET.slice(0, 3), { WEIR_TOKEN: 'from-env' })).toMatchObject({
      token: 'from-env',
    });
  });

  it.each([
    [[], 'A command is needed'],
    [['serve'], 'There is no command "serve"'],
    [FLEET.slice(0, 3), '--token is needed'],
    [['fleet'], 'There is no command "fleet"'],
    [['simulate', '--token', 't'], '--ingest-url is needed'],
    [[...FLEET, '--devices', '1.5'], '--devices must be an integer from 1 to 100000, not "1.5"'],
    [[...FLEET, '--interval', ''], '--interval must be a duration such as 500ms, 10s, 5m or 1h'],
    [[...FLEET, '--duration', 'for ever'], '--duration must be a duration such as'],
    [[...FLEET, '--history', 'forever'], '--history must be a duration such as'],
    [[...FLEET, '--start', 'yesterday'], '--start must be a time since 2000 such as 2026-11-01T12:00:00Z'],
    [[...FLEET, '--start', '2026-13-01T12:00:00Z'], '--start must be a time since 2000'],
    [[...FLEET, '--prefix', 'a b'], '--prefix must be at most 20 of the characters'],
    [['check', '--token', 't'], 'check needs the file that --oracle has written'],
    [CHECK.slice(0, 2), '--analytics-url is needed'],
    [[...FLEET, '--color', 'red'], "Unknown option '--color'"],
    [REPLAY, '--file is needed'],
    [[...ONE_FILE, '--manifest', 'm.json'], '--manifest names files'],
    [[...ONE_FILE, '--batch', '9999'], '--batch must be an integer from 1 to 5000'],
    [
      [...ONE_FILE.slice(0, -3), 'no/slashes', '--metric', 'm'],
      'The command line: --device must have 1 to 128',
    ],
  ])('says what is wrong with %j', (argv, reason) => {
    expect(() => parseCommandLine(argv, {})).toThrow(reason);
  });
});
