import { Aws, type Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { anyKeyArn, type ResourceNames } from './resource-names.js';

/** Services that use the data key for whoever calls them. */
export type EncryptingService = 'dynamodb' | 'kinesis' | 's3';

/**
 * Lets a function use the data stack's key, but only in calls to the service. A key's ARN holds an id that only the data
 * stack knows, so the condition names the key by its alias.
 * https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
 */
export function dataKeyStatement(
  stack: Stack,
  names: ResourceNames,
  service: EncryptingService,
  actions: readonly string[],
): PolicyStatement {
  return new PolicyStatement({
    actions: [...actions],
    resources: [anyKeyArn(stack)],
    conditions: {
      StringEquals: { 'kms:ViaService': `${service}.${Aws.REGION}.amazonaws.com` },
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': names.dataKeyAlias },
    },
  });
}

/** What DynamoDB does with the key for who reads and writes a table. */
export const tableKeyActions = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
] as const;
