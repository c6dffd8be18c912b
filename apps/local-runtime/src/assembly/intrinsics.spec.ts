import { planTemplates } from '../testing/synthetic-assembly.js';
import { AssemblyError } from './errors.js';
import type { Json, JsonObject } from './template.js';

/** Resolves an expression where a resource's property would stand, and returns the output that holds it. */
function resolve(expression: Json, more: JsonObject = {}): Json {
  const plan = planTemplates({
    test: {
      Resources: {
        Stream: { Type: 'AWS::Kinesis::Stream', Properties: { Name: 'readings', ShardCount: 1 } },
        Topic: { Type: 'AWS::SNS::Topic' },
      },
      Outputs: { Result: { Value: expression } },
      ...more,
    },
  });
  const [problem] = plan.problems;
  if (problem !== undefined) throw problem;
  return plan.outputs[0]?.value ?? null;
}

const streamArn = 'arn:aws:kinesis:eu-west-1:000000000000:stream/readings';

describe('references', () => {
  it.each<[string, Json, Json]>([
    ['Ref of a resource', { Ref: 'Stream' }, 'readings'],
    ['Ref of a topic, which is its ARN', { Ref: 'Topic' }, 'arn:aws:sns:eu-west-1:000000000000:test-Topic'],
    ['Fn::GetAtt as a list', { 'Fn::GetAtt': ['Stream', 'Arn'] }, streamArn],
    ['Fn::GetAtt as text', { 'Fn::GetAtt': 'Stream.Arn' }, streamArn],
    [
      'pseudo parameters',
      { 'Fn::Sub': '${AWS::Partition}/${AWS::Region}/${AWS::AccountId}' },
      'aws/eu-west-1/000000000000',
    ],
    ['the stack name', { Ref: 'AWS::StackName' }, 'test'],
    ['the URL suffix', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
  ])('%s', (_name, expression, expected) => {
    expect(resolve(expression)).toEqual(expected);
  });
});

describe('functions', () => {
  it.each<[string, Json, Json]>([
    [
      'Fn::Sub with names, attributes and literals',
      { 'Fn::Sub': '${Stream} at ${Stream.Arn} ${!Stream}' },
      `readings at ${streamArn} \${Stream}`,
    ],
    [
      'Fn::Sub with variables',
      { 'Fn::Sub': ['${a}-${Stream}', { a: { Ref: 'AWS::Region' } }] },
      'eu-west-1-readings',
    ],
    ['Fn::Join', { 'Fn::Join': [':', ['a', { Ref: 'Stream' }, 3]] }, 'a:readings:3'],
    [
      'Fn::Split and Fn::Select',
      { 'Fn::Select': [5, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Stream', 'Arn'] }] }] },
      'stream/readings',
    ],
    ['Fn::Select by text', { 'Fn::Select': ['1', ['a', 'b']] }, 'b'],
    ['Fn::Base64', { 'Fn::Base64': 'weir' }, 'd2Vpcg=='],
    [
      'AWS::NoValue in lists and objects',
      { list: ['a', { Ref: 'AWS::NoValue' }], gone: { Ref: 'AWS::NoValue' } },
      { list: ['a'] },
    ],
  ])('%s', (_name, expression, expected) => {
    expect(resolve(expression)).toEqual(expected);
  });

  it('finds values in maps', () => {
    const Mappings = { Sizes: { 'eu-west-1': { shards: 3 } } };
    expect(resolve({ 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'shards'] }, { Mappings })).toBe(3);
  });

  it('chooses by conditions, without resolving the other branch', () => {
    const Conditions = {
      Here: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] },
      There: { 'Fn::Not': [{ Condition: 'Here' }] },
      Both: { 'Fn::And': [{ Condition: 'Here' }, { Condition: 'There' }] },
      Either: { 'Fn::Or': [{ Condition: 'Here' }, { Condition: 'There' }] },
    };
    const choice = (name: string): Json => resolve({ 'Fn::If': [name, 'yes', 'no'] }, { Conditions });
    expect([choice('Here'), choice('There'), choice('Both'), choice('Either')]).toEqual([
      'yes',
      'no',
      'no',
      'yes',
    ]);
    expect(
      resolve({ 'Fn::If': ['Here', 'yes', { 'Fn::FindInMap': ['No', 'such', 'map'] }] }, { Conditions }),
    ).toBe('yes');
  });

  it.each<[string, Json, RegExp]>([
    ['an unknown function', { 'Fn::Transform': 'x' }, /Fn::Transform is not supported/],
    ['a dynamic reference', '{{resolve:ssm:name}}', /dynamic references/],
    [
      'an attribute that does not exist',
      { 'Fn::GetAtt': ['Stream', 'Colour'] },
      /test\/Stream .* attribute Colour/,
    ],
    ['an item that is not there', { 'Fn::Select': [2, ['a']] }, /Fn::Select finds no item 2/],
    ['an undeclared condition', { 'Fn::If': ['Nope', 1, 2] }, /condition Nope is used but not declared/],
    ['a map key that is not there', { 'Fn::FindInMap': ['A', 'b', 'c'] }, /finds nothing at A\.b\.c/],
    ['a list where text is needed', { 'Fn::Sub': ['${a}', { a: ['x'] }] }, /variable a of Fn::Sub is text/],
  ])('refuses %s', (_name, expression, message) => {
    expect(() => resolve(expression)).toThrow(message);
    expect(() => resolve(expression)).toThrow(AssemblyError);
  });
});

describe('parameters', () => {
  const template = (parameter: JsonObject): JsonObject => ({
    Parameters: { Size: { Type: 'String', ...parameter } },
    Resources: { Stream: { Type: 'AWS::Kinesis::Stream', Properties: { ShardCount: { Ref: 'Size' } } } },
  });
  const problemsOf = (parameter: JsonObject, values: Record<string, string>): string[] =>
    planTemplates({ test: template(parameter) }, values).problems.map(({ message }) => message);

  it('takes the given value before the default', () => {
    const { resources } = planTemplates({ test: template({ Default: '1' }) }, { Size: '4' });
    expect(resources[0]?.properties).toEqual({ ShardCount: '4' });
  });

  it.each<[JsonObject, Record<string, string>, RegExp]>([
    [{}, {}, /parameter Size has no value/],
    [{ AllowedValues: ['1', '2'] }, { Size: '3' }, /"3" is not one of 1, 2/],
    [{ AllowedPattern: '[0-9]+' }, { Size: '3x' }, /"3x" does not match \[0-9\]\+/],
    [{ Type: 'Number' }, { Size: 'many' }, /"many" is not a number/],
    [{ MinLength: 2 }, { Size: '3' }, /"3" is shorter than 2/],
    [{ MaxLength: 2 }, { Size: '333' }, /"333" is longer than 2/],
    [{ Type: 'Number', MinValue: 2 }, { Size: '1' }, /1 is less than 2/],
    [{ Type: 'Number', MaxValue: '2' }, { Size: '10' }, /10 is more than 2/],
    [{ Type: 'AWS::SSM::Parameter::Value<String>' }, { Size: '3' }, /Parameter Store/],
    [{ Default: '1' }, { Sise: '3' }, /No stack has a parameter Sise; the parameters are: Size/],
  ])('refuses %j with %j', (parameter, values, message) => {
    expect(problemsOf(parameter, values)).toEqual([expect.stringMatching(message)]);
  });
});
