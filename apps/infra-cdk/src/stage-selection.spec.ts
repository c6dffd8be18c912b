import { selectStage } from './stage-selection.js';

describe('selectStage', () => {
  it('is dev without a word, in the folder that the local runtime reads', () => {
    const { config, outputFolder } = selectStage([], {});
    expect(config.stage).toBe('dev');
    expect(outputFolder).toBe('cdk.out');
  });

  it('takes the stage from the environment, and rather from the command line', () => {
    expect(selectStage([], { WEIR_STAGE: 'staging' }).config.stage).toBe('staging');
    expect(selectStage(['-c', 'stage=prod'], { WEIR_STAGE: 'staging' }).config.stage).toBe('prod');
  });

  it('gives each stage a folder of its own, unless one is named', () => {
    expect(selectStage(['-c', 'stage=prod'], {}).outputFolder).toBe('dist/prod/cdk.out');
    expect(selectStage(['-c', 'stage=prod', '-o', 'elsewhere'], {}).outputFolder).toBe('elsewhere');
  });

  it('takes overrides of single settings', () => {
    const { config } = selectStage(['--context', 'stage=prod', '-c', 'stream.shards=3'], {});
    expect(config.stream.shards).toBe(3);
  });

  it('takes overrides from the environment, and rather from the command line', () => {
    const environment = { WEIR_SETTINGS: 'stream.shards=3  stream.retentionHours=48' };
    expect(selectStage(['-c', 'stream.shards=4'], environment).config.stream).toMatchObject({
      shards: 4,
      retentionHours: 48,
    });
    expect(() => selectStage([], { WEIR_SETTINGS: 'shards' })).toThrow(
      'shards: must have the form <field>=<value>',
    );
  });

  it.each([
    [['-c', 'prod'], 'prod: must have the form <field>=<value>'],
    [['-c', 'stage=prd'], 'stage: must be one of dev, staging, prod, not "prd"'],
    [['--stage', 'prod'], /^arguments: Unknown option '--stage'/],
  ])('refuses %j', (args, message) => {
    expect(() => selectStage(args, {})).toThrow(message);
  });
});
