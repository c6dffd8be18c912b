import { parseStartOptions, type StartOptions } from './start-options.js';
import { parseTokenOptions } from './token-command.js';
import { UsageError } from './usage-error.js';

const environment = { WEIR_DYNAMODB_LOCAL_JAR: '/opt/DynamoDBLocal.jar' };

function parse(...args: string[]): StartOptions {
  return parseStartOptions(args, { environment, cwd: '/repo', callerCwd: '/home/user' });
}

describe('the options of a start', () => {
  it('have defaults', () => {
    expect(parse('--assembly', 'cdk.out')).toEqual({
      assembly: '/repo/cdk.out',
      fresh: false,
      portBase: 4_000,
      dataDir: '/repo/.weir',
      dynamodb: { kind: 'dynoxide' },
      engines: { kinesis: { engine: 'kinesalite', limits: false }, timeToLivePeriodSeconds: 600 },
      parameters: {},
      explain: false,
      explainRoles: false,
      inspect: [],
      ignoreRoles: false,
      watch: false,
    });
  });

  it('choose the DynamoDB', () => {
    expect(parse('--assembly', 'a', '--dashboard', 'page/dist').dashboard).toBe('/repo/page/dist');
    expect(parse('--assembly', 'a', '--dynamodb-engine', 'dynamodb-local').dynamodb).toEqual({
      kind: 'dynamodb-local',
      jar: '/opt/DynamoDBLocal.jar',
    });
    expect(parse('--assembly', 'a', '--dynamodb-endpoint', 'http://127.0.0.1:8000').dynamodb).toEqual({
      kind: 'endpoint',
      url: 'http://127.0.0.1:8000',
    });
  });

  it('watch the workspace that is named, if any is', () => {
    const named = ['--assembly', 'a', '--workspace', 'w'];
    expect(parse(...named, '--watch')).toMatchObject({ workspace: '/repo/w', watch: true });
    expect(parse(...named)).toMatchObject({ workspace: '/repo/w', watch: false });
    expect(() => parse('--assembly', 'a', '--watch')).toThrow(/^--watch needs --workspace/);
  });

  it('choose how the engines behave', () => {
    const args = ['--kinesis-engine', 'kinesis-local', '--kinesis-limits', '--ttl-period', '5'];
    expect(parse('--assembly', 'a', ...args).engines).toEqual({
      kinesis: { engine: 'kinesis-local', limits: true },
      timeToLivePeriodSeconds: 5,
    });
    expect(parse('--assembly', 'a', '--ttl-period', '0').engines.timeToLivePeriodSeconds).toBe(0);
  });

  it.each([
    [['--ttl-period', '1.5'], '--ttl-period must be a whole number of seconds from 0 to 86400, not 1.5.'],
    [['--ttl-period', '86401'], '--ttl-period must be a whole number of seconds from 0 to 86400, not 86401.'],
    [['--kinesis-engine', 'x'], '--kinesis-engine must be kinesalite or kinesis-local, not x.'],
  ])('refuse %j', (args, message) => {
    expect(() => parse('--assembly', 'a', ...args)).toThrow(new UsageError(message));
  });

  it('take parameters whose values hold an equals sign', () => {
    expect(parse('--assembly', 'a', '--parameter', 'A=1=2', '--parameter=B={issuer}').parameters).toEqual({
      A: '1=2',
      B: '{issuer}',
    });
  });

  it('pass a replay on, with paths from where the user stands', () => {
    const replay = ['--replay', 'data/x.csv', '--device', 'd', '--metric', 'm', '--rate', '5', '--exit'];
    expect(parse('--assembly', 'a', '--simulator', 's.mjs', ...replay)).toMatchObject({
      simulator: '/repo/s.mjs',
      replay: {
        args: ['--file', '/home/user/data/x.csv', '--device', 'd', '--metric', 'm', '--rate', '5'],
        exit: true,
      },
    });
    expect(parse('--assembly', 'a', '--simulator', 's.mjs', '--replay-manifest', 'm.json').replay).toEqual({
      args: ['--manifest', '/home/user/m.json'],
      exit: false,
    });
  });

  it('make things fail, with a plan from where the user stands', () => {
    expect(parse('--assembly', 'a')).not.toHaveProperty('faults');
    expect(parse('--assembly', 'a', '--faults', 'plan.json', '--fault-seed', '7').faults).toEqual({
      planFile: '/home/user/plan.json',
      seed: 7,
    });
    expect(parse('--assembly', 'a', '--fault-seed', '0').faults).toEqual({ seed: 0 });
  });

  it('leave the fleet out', () => {
    expect(parse('--assembly', 'a', '--simulator', 's.mjs', '--no-simulator')).not.toHaveProperty(
      'simulator',
    );
  });

  it.each<[string[], string]>([
    [['--frsh'], 'There is no option --frsh: see --help.'],
    [['-x'], 'There is no option -x: see --help.'],
    [['constructor'], 'The argument constructor belongs to no option: see --help.'],
    [['--constructor'], 'There is no option --constructor: see --help.'],
    [[], '--assembly is needed: the folder of the synthesised template (cdk.out).'],
    [['--assembly'], 'The option --assembly needs a value.'],
    [['--assembly', '--fresh'], 'The option --assembly needs a value.'],
    [['--fresh=yes'], 'The option --fresh takes no value.'],
    [['--assembly', 'a', '--assembly', 'b'], 'The option --assembly is given twice.'],
    [['--assembly', 'a', '--port-base', 'x'], '--port-base must be a whole number from 1 to 65533, not x.'],
    [
      ['--assembly', 'a', '--dynamodb-engine', 'x'],
      '--dynamodb-engine must be dynoxide or dynamodb-local, not x.',
    ],
    [
      ['--assembly', 'a', '--dynamodb-endpoint', 'x'],
      '--dynamodb-endpoint must be an http or https URL, not x.',
    ],
    [
      ['--assembly', 'a', '--fault-seed', '-1'],
      '--fault-seed must be a whole number from 0 to 4294967295, not -1.',
    ],
    [
      ['--assembly', 'a', '--fault-seed', '4294967296'],
      '--fault-seed must be a whole number from 0 to 4294967295, not 4294967296.',
    ],
    [['--assembly', 'a', '--parameter', 'x'], '--parameter must be Name=value, not x.'],
    [['--assembly', 'a', '--exit'], '--exit belongs to a --replay, which is not given.'],
    [['--assembly', 'a', '--simulator', 's', '--replay', 'f', '--metric', 'm'], '--replay needs --device.'],
    [
      ['--assembly', 'a', '--replay', 'f', '--device', 'd', '--metric', 'm'],
      '--replay needs --simulator, its program.',
    ],
    [
      ['--assembly', 'a', '--simulator', 's', '--replay-manifest', 'f', '--device', 'd'],
      '--device and --replay-manifest exclude each other.',
    ],
  ])('refuse %j', (args, message) => {
    expect(() => parse(...args)).toThrow(new UsageError(message));
  });
});

describe('the options of a token', () => {
  it('have defaults', () => {
    expect(parseTokenOptions([], '/repo')).toEqual({
      scope: 'telemetry:write telemetry:read devices:write',
      ttlSeconds: 3_600,
      dataDir: '/repo/.weir',
      portBase: 4_000,
    });
  });

  it('are read', () => {
    const args = ['--scope', ' a  b ', '--devices', 'a*, b', '--ttl', '15m', '--port-base', '5000'];
    expect(parseTokenOptions(args, '/repo')).toMatchObject({
      scope: 'a b',
      devices: ['a*', 'b'],
      ttlSeconds: 900,
      portBase: 5_000,
    });
  });

  it.each<[string[], RegExp]>([
    [['--ttl', 'soon'], /--ttl must be a duration/],
    [['--ttl', '0s'], /--ttl must be a duration/],
    [['--devices', 'a,,b'], /--devices must be device ids/],
    [['--devices', 'a*b'], /--devices must be device ids/],
    [['--scope', ''], /--scope must be scopes/],
    [['--assembly', 'x'], /There is no option --assembly/],
  ])('refuse %j', (args, message) => {
    expect(() => parseTokenOptions(args, '/repo')).toThrow(message);
  });
});
