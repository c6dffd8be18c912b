/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html */
import { AssemblyError } from '../assembly/errors.js';
import type { Json } from '../assembly/template.js';
import { planTemplates } from '../testing/synthetic-assembly.js';
import { mappingDefinition, type MappingDefinition } from './event-source-mapping.js';

const streamArn = 'arn:aws:kinesis:eu-west-1:000000000000:stream/readings';

function definition(more: Readonly<Record<string, Json>>): MappingDefinition {
  const { resources, problems } = planTemplates({
    test: {
      Resources: {
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            EventSourceArn: streamArn,
            FunctionName: 'f',
            StartingPosition: 'TRIM_HORIZON',
            ...more,
          },
        },
      },
    },
  });
  expect(problems).toEqual([]);
  const [mapping] = resources;
  if (mapping === undefined) throw new Error('The mapping was not planned.');
  return mappingDefinition(mapping);
}

it('has the defaults of Lambda', () => {
  expect(definition({})).toEqual({
    uuid: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    streamArn,
    functionName: 'f',
    batchSize: 100,
    maximumBatchingWindowSeconds: 0,
    parallelizationFactor: 1,
    startingPosition: 'TRIM_HORIZON',
    reportBatchItemFailures: false,
    bisectBatchOnFunctionError: false,
    maximumRetryAttempts: -1,
    maximumRecordAgeSeconds: -1,
    eventCountMetrics: false,
  });
});

it('counts events where the template asks for it', () => {
  expect(definition({ MetricsConfig: { Metrics: ['EventCount'] } }).eventCountMetrics).toBe(true);
});

it('knows the bucket of a destination', () => {
  const DestinationConfig = { OnFailure: { Destination: 'arn:aws:s3:::failures' } };
  expect(definition({ DestinationConfig }).onFailureBucket).toBe('failures');
});

it.each<[Readonly<Record<string, Json>>, string]>([
  [{ StartingPosition: 'AT_TIMESTAMP' }, 'test/Mapping: StartingPositionTimestamp is missing.'],
  [
    { StartingPositionTimestamp: 1 },
    'test/Mapping: StartingPositionTimestamp belongs to AT_TIMESTAMP alone.',
  ],
  [
    { DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:eu-west-1:000000000000:queue' } } },
    'test/Mapping: DestinationConfig.OnFailure.Destination must be the ARN of an S3 bucket, not arn:aws:sqs:eu-west-1:000000000000:queue.',
  ],
  [
    { EventSourceArn: 'arn:aws:sqs:eu-west-1:000000000000:queue' },
    'test/Mapping: EventSourceArn must be the ARN of a Kinesis stream, not arn:aws:sqs:eu-west-1:000000000000:queue.',
  ],
])('refuses %j', (more, message) => {
  expect(() => definition(more)).toThrow(new AssemblyError('invalid_property', message));
});
