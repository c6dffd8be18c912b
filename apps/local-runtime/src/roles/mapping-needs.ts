import type { Need } from '@weir/role-check';

export interface MappingAccess {
  readonly uuid: string;
  readonly streamArn: string;
  readonly onFailureBucket?: string;
}

/** What Lambda asks of a stream without enhanced fan-out. */
const streamActions = [
  'DescribeStream',
  'DescribeStreamSummary',
  'GetRecords',
  'GetShardIterator',
  'ListShards',
];

/**
 * What Lambda needs of a function's role to read a stream for it and to keep what failed.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html
 * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
export function mappingNeeds({ uuid, streamArn, onFailureBucket }: MappingAccess, partition: string): Need[] {
  const bucketArn = `arn:${partition}:s3:::${onFailureBucket ?? ''}`;
  return [
    ...streamActions.map((action) => ({ action: `kinesis:${action}`, resource: streamArn })),
    ...(onFailureBucket === undefined
      ? []
      : [
          { action: 's3:ListBucket', resource: bucketArn },
          { action: 's3:PutObject', resource: `${bucketArn}/aws/lambda/${uuid}/` },
        ]),
  ];
}
