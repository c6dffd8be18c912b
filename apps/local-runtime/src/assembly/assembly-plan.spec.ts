import { planTemplates } from '../testing/synthetic-assembly.js';
import { explainPlan } from './explanation.js';
import type { JsonObject } from './template.js';

const stream: JsonObject = { Type: 'AWS::Kinesis::Stream', Properties: { Name: 'readings', ShardCount: 1 } };

function problemsOf(resources: JsonObject): [string, string][] {
  return planTemplates({ test: { Resources: resources } }).problems.map(({ code, message }) => [
    code,
    message,
  ]);
}

describe('a template that the runtime cannot play', () => {
  it('is refused for an unknown property, by its path', () => {
    const properties = { EventSourceArn: 'arn', FunctionName: 'f', StartingPosition: 'LATEST' };
    const mapping = (more: JsonObject): JsonObject => ({
      Mapping: { Type: 'AWS::Lambda::EventSourceMapping', Properties: { ...properties, ...more } },
    });
    expect(problemsOf(mapping({ Surprise: 1 }))).toEqual([
      [
        'unsupported_property',
        expect.stringContaining('test/Mapping (AWS::Lambda::EventSourceMapping): Surprise:'),
      ],
    ]);
    expect(problemsOf(mapping({ DestinationConfig: { OnFailure: { Target: 'x' } } }))).toEqual([
      ['unsupported_property', expect.stringContaining('DestinationConfig.OnFailure.Target')],
    ]);
    expect(problemsOf(mapping({ FunctionResponseTypes: ['Other'] }))).toEqual([
      ['unsupported_property', expect.stringContaining('FunctionResponseTypes[0]: "Other" is not supported')],
    ]);
    expect(problemsOf(mapping({ TumblingWindowInSeconds: 30 }))).toEqual([
      [
        'unsupported_property',
        expect.stringContaining('TumblingWindowInSeconds: 30 is not supported, only 0'),
      ],
    ]);
  });

  it.each<[string, number | string, string]>([
    ['BatchSize', 0, '0 must be a whole number from 1 to 10000'],
    ['BatchSize', '10001', '"10001" must be a whole number from 1 to 10000'],
    ['BatchSize', 1.5, '1.5 must be a whole number from 1 to 10000'],
    ['MaximumBatchingWindowInSeconds', 301, '301 must be a whole number from 0 to 300'],
    ['ParallelizationFactor', 11, '11 must be a whole number from 1 to 10'],
    ['MaximumRetryAttempts', -2, '-2 must be a whole number from -1 to 10000'],
    ['MaximumRecordAgeInSeconds', 30, '30 must be a whole number from 60 to 604800 or -1'],
  ])('is refused for %s %s, beyond the bounds of Lambda', (name, value, reason) => {
    const properties = {
      EventSourceArn: 'arn',
      FunctionName: 'f',
      StartingPosition: 'LATEST',
      [name]: value,
    };
    expect(
      problemsOf({ Mapping: { Type: 'AWS::Lambda::EventSourceMapping', Properties: properties } }),
    ).toEqual([
      ['unsupported_property', `test/Mapping (AWS::Lambda::EventSourceMapping): ${name}: ${reason}.`],
    ]);
  });

  it('takes numbers at the bounds, as text too', () => {
    const Properties = {
      EventSourceArn: 'arn',
      FunctionName: 'f',
      StartingPosition: 'LATEST',
      BatchSize: '10000',
      MaximumRetryAttempts: -1,
      MaximumRecordAgeInSeconds: -1,
      ParallelizationFactor: 10,
    };
    expect(problemsOf({ Mapping: { Type: 'AWS::Lambda::EventSourceMapping', Properties } })).toEqual([]);
  });

  it('is refused for a property that names a member of every object', () => {
    expect(problemsOf({ Stream: { ...stream, Properties: { ShardCount: 1, constructor: {} } } })).toEqual([
      ['unsupported_property', expect.stringContaining('test/Stream (AWS::Kinesis::Stream): constructor')],
    ]);
  });

  it('is refused for an unknown type', () => {
    expect(problemsOf({ Queue: { Type: 'AWS::SQS::Queue' } })).toEqual([
      ['unknown_resource_type', 'test/Queue: the local runtime does not know the type AWS::SQS::Queue.'],
    ]);
  });

  it('is refused for a reference to nothing, naming who refers', () => {
    expect(
      problemsOf({ Stream: { ...stream, Properties: { ShardCount: 1, Name: { Ref: 'Nobody' } } } }),
    ).toEqual([
      [
        'dangling_reference',
        'test/Stream: Name refers to Nobody, which is no parameter or resource of the stack.',
      ],
    ]);
    expect(problemsOf({ Stream: { ...stream, DependsOn: ['Nobody'] } })).toEqual([
      ['dangling_reference', expect.stringContaining('DependsOn refers to Nobody')],
    ]);
    expect(
      problemsOf({
        Stream: { ...stream, Properties: { Name: { 'Fn::Sub': 'a-${Nobody.Arn}' }, ShardCount: 1 } },
      }),
    ).toEqual([['dangling_reference', expect.stringContaining('Name refers to Nobody')]]);
  });

  it('is refused for a circle, with its path', () => {
    const named = (other: string): JsonObject => ({
      Type: 'AWS::S3::Bucket',
      Properties: { BucketName: { 'Fn::Sub': `\${${other}}-x` } },
    });
    expect(problemsOf({ A: named('B'), B: named('C'), C: named('A') })).toEqual([
      [
        'dependency_cycle',
        'The resources depend on each other in a circle: test/A → test/B → test/C → test/A.',
      ],
    ]);
  });

  it('tells all its faults at once', () => {
    const problems = problemsOf({
      Queue: { Type: 'AWS::SQS::Queue' },
      Stream: { Type: 'AWS::Kinesis::Stream', Properties: { ShardCount: { Ref: 'Nobody' }, Surprise: 1 } },
      Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { Ref: 'Queue' }, Other: 1 } },
    });
    expect(problems.map(([code]) => code).sort()).toEqual([
      'dangling_reference',
      'unknown_resource_type',
      'unsupported_property',
      'unsupported_property',
    ]);
  });
});

describe('the order of a plan', () => {
  it('puts each resource after what it needs, across stacks', () => {
    const plan = planTemplates({
      service: {
        Resources: {
          Last: { Type: 'AWS::S3::Bucket', DependsOn: 'First' },
          First: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { 'Fn::ImportValue': 'shared' } } },
        },
      },
      data: {
        Resources: { Stream: stream },
        Outputs: { Shared: { Value: { Ref: 'Stream' }, Export: { Name: 'shared' } } },
      },
    });
    expect(plan.problems).toEqual([]);
    expect(plan.resources.map(({ id }) => id)).toEqual(['data/Stream', 'service/First', 'service/Last']);
    expect(plan.resources[1]?.identity.ref).toBe('readings');
  });

  it('refuses an import that nothing exports', () => {
    const bucket = { Type: 'AWS::S3::Bucket', Properties: { BucketName: { 'Fn::ImportValue': 'nothing' } } };
    expect(problemsOf({ Bucket: bucket })).toEqual([
      ['dangling_reference', 'test/Bucket: BucketName: no stack of the assembly exports nothing.'],
    ]);
  });

  it('leaves out resources whose condition is false', () => {
    const plan = planTemplates({
      test: {
        Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
        Resources: { Stream: stream, Queue: { Type: 'AWS::SQS::Queue', Condition: 'Never' } },
      },
    });
    expect(plan.problems).toEqual([]);
    expect(plan.resources.map(({ logicalId }) => logicalId)).toEqual(['Stream']);
  });

  it('knows what an output is made of', () => {
    const plan = planTemplates({
      test: {
        Resources: { Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Body: {} } } },
        Outputs: { IngestUrl: { Value: { 'Fn::Sub': 'https://${Api}.example/' } } },
      },
    });
    expect(plan.outputs[0]?.references).toEqual(['test/Api']);
  });
});

describe('explainPlan', () => {
  it('lists every resource with its verdict, then the properties, then the problems', () => {
    const text = explainPlan(
      planTemplates({
        test: {
          Resources: {
            Stream: { Type: 'AWS::Kinesis::Stream', Properties: { ShardCount: 1, Tags: [], Surprise: 1 } },
            Topic: { Type: 'AWS::SNS::Topic' },
          },
        },
      }),
    );
    expect(text).toMatch(/AWS::SNS::Topic +test\/Topic +inert +Nothing sends notifications/);
    expect(text).toMatch(/AWS::Kinesis::Stream +test\/Stream +error/);
    expect(text).toMatch(/test\/Stream +ShardCount +supported/);
    expect(text).toMatch(/test\/Stream +Tags +inert +Nothing reads tags/);
    expect(text).toMatch(/Problems:\n {2}test\/Stream \(AWS::Kinesis::Stream\): Surprise/);
  });
});
