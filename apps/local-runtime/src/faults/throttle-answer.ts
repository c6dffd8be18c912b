import type { FaultedService } from './faulted-call.js';

/** An answer that the engine did not give. */
export interface RefusalAnswer {
  readonly statusCode: number;
  readonly contentType: string;
  readonly body: string;
}

const dynamodbRefusals = [
  {
    __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
    message:
      'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
  },
  {
    __type: 'com.amazon.coral.availability#ThrottlingException',
    message: 'Throughput exceeds the current capacity of your table or index.',
  },
] as const;

const kinesisRefusal = {
  __type: 'ProvisionedThroughputExceededException',
  message: 'Rate exceeded for shard shardId-000000000000 in the stream.',
} as const;

const s3Refusal =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>';

/**
 * How a service refuses a call beyond its capacity.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/CommonErrors.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 *
 * @param variant a number in [0, 1) that chooses between what a service may say
 */
export function throttleAnswer(service: FaultedService, variant: number): RefusalAnswer {
  if (service === 's3') return { statusCode: 503, contentType: 'application/xml', body: s3Refusal };
  if (service === 'kinesis') return refusal('application/x-amz-json-1.1', kinesisRefusal);
  return refusal('application/x-amz-json-1.0', dynamodbRefusals[variant < 0.5 ? 0 : 1]);
}

function refusal(contentType: string, body: object): RefusalAnswer {
  return { statusCode: 400, contentType, body: JSON.stringify(body) };
}
