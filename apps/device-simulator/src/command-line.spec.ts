import { parseCommandLine } from './command-line.js';

const FLEET = ['fleet', '--ingest-url', 'http://127.0.0.1:4001', '--token', 't'];
const REPLAY = ['replay', '--ingest-url', 'http://i', '--analytics-url', 'http://a', '--token', 't'];
const ONE_FILE = [...REPLAY, '--file', 'f.csv', '--device', 'd-1', '--metric', 'm'];

describe('parseCommandLine', () => {
  it('fills in what a fleet needs', () => {
    expect(parseCommandLine(FLEET, {})).toEqual({
      command: 'fleet',
      ingestUrl: 'http://127.0.0.1:4001',
      analyticsUrl: undefined,
      token: 't',
      devices: 5,
      intervalMs: 2000,
      seed: 1,
      site: undefined,
    });
    expect(
      parseCommandLine([...FLEET, '--devices', '3', '--interval-seconds', '0.5', '--seed=9'], {}),
    ).toMatchObject({
      devices: 3,
      intervalMs: 500,
      seed: 9,
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
    [['fleet', '--token', 't'], '--ingest-url is needed'],
    [[...FLEET, '--devices', '1.5'], '--devices must be an integer from 1 to 10000, not "1.5"'],
    [[...FLEET, '--interval-seconds', ''], '--interval-seconds must be a number'],
    [[...FLEET, '--site', 's'], '--site needs --analytics-url'],
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
