import { Arn, ArnFormat, Aws, type Stack } from 'aws-cdk-lib';
import type { Stage } from './stage-config.js';

/** The table's index of the device directory by site. */
export const siteIndex = 'bySite';

/** The physical names of one stage. */
export interface ResourceNames {
  readonly prefix: string;
  readonly dataStack: string;
  readonly serviceStack: string;
  readonly stream: string;
  readonly table: string;
  readonly archiveBucket: string;
  readonly quarantineBucket: string;
  readonly archiveDelivery: string;
  /** Of the Glue database over the archive, and of the Athena workgroup that asks it. */
  readonly archiveDatabase: string;
  readonly archiveWorkGroup: string;
  readonly queryResultsBucket: string;
  /** Of the dashboard, and of who loaded it when. */
  readonly siteBucket: string;
  readonly siteLogsBucket: string;
  /** Of the KMS keys, where the stage has its own. */
  readonly dataKeyAlias: string;
  readonly logKeyAlias: string;
  readonly alarmTopic: string;
}

/**
 * Names what both stacks have to know. The service stack finds the data stack's resources by these names rather than
 * by CloudFormation exports, because an export in use locks the exporting stack: neither could then be changed alone.
 * Bucket names carry account and region, since they are unique worldwide.
 */
export function resourceNames(stage: Stage): ResourceNames {
  const prefix = `weir-${stage}`;
  return {
    prefix,
    dataStack: `${prefix}-data`,
    serviceStack: `${prefix}-service`,
    stream: `${prefix}-telemetry`,
    table: `${prefix}-telemetry`,
    archiveBucket: `${prefix}-archive-${Aws.ACCOUNT_ID}-${Aws.REGION}`,
    quarantineBucket: `${prefix}-quarantine-${Aws.ACCOUNT_ID}-${Aws.REGION}`,
    archiveDelivery: `${prefix}-archive`,
    archiveDatabase: `weir_${stage}`,
    archiveWorkGroup: prefix,
    queryResultsBucket: `${prefix}-query-results-${Aws.ACCOUNT_ID}-${Aws.REGION}`,
    siteBucket: `${prefix}-site-${Aws.ACCOUNT_ID}-${Aws.REGION}`,
    siteLogsBucket: `${prefix}-site-logs-${Aws.ACCOUNT_ID}-${Aws.REGION}`,
    dataKeyAlias: `alias/${prefix}-data`,
    logKeyAlias: `alias/${prefix}-logs`,
    alarmTopic: `${prefix}-alarms`,
  };
}

/** The ARNs of the data stack's resources, as the service stack's permissions name them. */
export interface DataArns {
  readonly stream: string;
  readonly table: string;
  readonly siteIndex: string;
  readonly quarantineBucket: string;
}

export function dataArns(stack: Stack, names: ResourceNames): DataArns {
  const table = Arn.format({ service: 'dynamodb', resource: 'table', resourceName: names.table }, stack);
  return {
    stream: Arn.format({ service: 'kinesis', resource: 'stream', resourceName: names.stream }, stack),
    table,
    siteIndex: `${table}/index/${siteIndex}`,
    quarantineBucket: Arn.format(
      {
        service: 's3',
        region: '',
        account: '',
        resource: names.quarantineBucket,
        arnFormat: ArnFormat.NO_RESOURCE_NAME,
      },
      stack,
    ),
  };
}

/** Any KMS key of the account and region; a condition has to say which. */
export function anyKeyArn(stack: Stack): string {
  return Arn.format({ service: 'kms', resource: 'key', resourceName: '*' }, stack);
}
