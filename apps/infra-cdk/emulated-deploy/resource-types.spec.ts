import { checkTypes } from './resource-types.js';

const stack = {
  name: 'weir-dev-data',
  template: { Resources: { A: { Type: 'AWS::Kinesis::Stream' }, B: { Type: 'AWS::Glue::Table' } } },
};
const unknown = { kind: 'unknown', reason: 'an API only' } as const;

describe('checkTypes', () => {
  it('accepts what moto creates or the table explains', () => {
    expect(() =>
      checkTypes(stack, new Set(['AWS::Kinesis::Stream']), { 'AWS::Glue::Table': unknown }),
    ).not.toThrow();
  });

  it('refuses what moto would pass over in silence', () => {
    expect(() => checkTypes(stack, new Set(['AWS::Kinesis::Stream']), {})).toThrow(
      'weir-dev-data: moto would pass over AWS::Glue::Table in silence',
    );
  });

  it('refuses an entry that moto has outgrown, but not one that it gets wrong', () => {
    const supported = new Set(['AWS::Kinesis::Stream', 'AWS::Glue::Table']);
    expect(() => checkTypes(stack, supported, { 'AWS::Glue::Table': unknown })).toThrow(
      'moto knows AWS::Glue::Table by now',
    );
    expect(() =>
      checkTypes(stack, supported, { 'AWS::Glue::Table': { kind: 'defective', reason: 'ignores columns' } }),
    ).not.toThrow();
  });
});
