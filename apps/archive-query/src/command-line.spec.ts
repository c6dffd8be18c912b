import { parseCommandLine } from './command-line.js';

describe('parseCommandLine', () => {
  it('takes SQL, and a table of the data in .weir by default', () => {
    expect(parseCommandLine(['SELECT 1'], '/home/me')).toEqual({
      sql: 'SELECT 1',
      parameters: {},
      source: { buckets: '/home/me/.weir/s3' },
      format: 'table',
    });
  });

  it('takes a named query with all of its parameters', () => {
    const args = [
      '--named',
      'hourly_averages',
      '--param',
      'device=a=b',
      '--param',
      'from=',
      '--param',
      'to=x',
      '--csv',
    ];
    expect(parseCommandLine([...args, '--archive', 'copy'], '/home/me')).toMatchObject({
      parameters: { device: 'a=b', from: '', to: 'x' },
      source: { archive: '/home/me/copy' },
      format: 'csv',
    });
  });

  it.each([
    [[], 'There is no SQL, nor a --named query.'],
    [['SELECT', '1'], 'The SQL must be one argument: put it in quotes.'],
    [['SELECT 1', '--json', '--csv'], '--json and --csv exclude each other.'],
    [['SELECT 1', '--archive', 'a', '--data-dir', 'b'], '--archive and --data-dir exclude each other.'],
    [['SELECT 1', '--named', 'daily_volume'], '--named and SQL exclude each other.'],
    [
      ['--named', 'nothing'],
      '--named must be one of hourly_averages, silent_devices, daily_volume, not nothing.',
    ],
    [['--named', 'hourly_averages', '--param', 'device=a'], 'hourly_averages needs --param from=VALUE.'],
    [['--named', 'silent_devices', '--param', 'x=1'], 'silent_devices has no parameter x.'],
    [['SELECT 1', '--param', 'x'], '--param must be NAME=VALUE, not x.'],
    [['SELECT 1', '--param', 'x=1', '--param', 'x=2'], '--param x is given twice.'],
    [['SELECT 1', '--nothing'], "Unknown option '--nothing'"],
  ])('refuses %j', (args, message) => {
    expect(() => parseCommandLine(args, '/home/me')).toThrow(message);
  });
});
