import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  Table,
  TableEncryption,
  type WarmThroughput,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { siteIndex, type ResourceNames } from '../resource-names.js';
import type { StageConfig } from '../stage-config.js';
import { RunbookAlarm } from './runbook-alarm.js';

export interface TelemetryTableProps {
  readonly names: ResourceNames;
  readonly settings: StageConfig['table'];
  /** Encrypts the items; absent: the key that AWS owns for DynamoDB. */
  readonly key: IKey | undefined;
  readonly removalPolicy: RemovalPolicy;
  readonly deletionProtection: boolean;
}

/** The one table: blocks, rollups, registry entries and the directory of devices. */
export class TelemetryTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, props: TelemetryTableProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      tableName: props.names.table,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      ...warmThroughput(props.settings),
      ...(props.key !== undefined && {
        encryption: TableEncryption.CUSTOMER_MANAGED,
        encryptionKey: props.key,
      }),
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: props.deletionProtection,
      removalPolicy: props.removalPolicy,
    });
    // Only the lines of the directory have a siteId; their sort key is the device id.
    this.table.addGlobalSecondaryIndex({
      indexName: siteIndex,
      partitionKey: { name: 'siteId', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    });
    new RunbookAlarm(this, 'Throttles', {
      alarmName: `${props.names.prefix}-table-throttles`,
      meaning: 'DynamoDB refuses reads or writes of the table or its index.',
      section: 'table-throttles',
      metric: throttles(props.names.table),
      above: 0,
      periods: [3, 5],
    });
  }
}

/** Of the table alone: the index sees a device's line of the directory, not its readings. */
function warmThroughput(settings: StageConfig['table']): { warmThroughput?: WarmThroughput } {
  const { warmReadUnits, warmWriteUnits } = settings;
  const throughput = {
    ...(warmReadUnits !== 'default' && { readUnitsPerSecond: warmReadUnits }),
    ...(warmWriteUnits !== 'default' && { writeUnitsPerSecond: warmWriteUnits }),
  };
  return Object.keys(throughput).length === 0 ? {} : { warmThroughput: throughput };
}

/** Refused reads and writes a minute, of the table and of its index, which DynamoDB counts apart. */
function throttles(tableName: string): MathExpression {
  const period = Duration.minutes(1);
  const count = (metricName: string, index: Record<string, string>) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: tableName, ...index },
      statistic: 'Sum',
      period,
    });
  const indexDimension = { GlobalSecondaryIndexName: siteIndex };
  return new MathExpression({
    expression: 'FILL(tableWrites, 0) + FILL(tableReads, 0) + FILL(indexWrites, 0) + FILL(indexReads, 0)',
    label: 'Throttled reads and writes',
    usingMetrics: {
      tableWrites: count('WriteThrottleEvents', {}),
      tableReads: count('ReadThrottleEvents', {}),
      indexWrites: count('WriteThrottleEvents', indexDimension),
      indexReads: count('ReadThrottleEvents', indexDimension),
    },
    period,
  });
}
