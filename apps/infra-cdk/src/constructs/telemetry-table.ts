import type { RemovalPolicy } from 'aws-cdk-lib';
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
import { tableSystemErrors, tableThrottles } from '../metrics/resource-metrics.js';
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
    const { names } = props;
    new RunbookAlarm(this, 'Throttles', {
      names,
      slug: 'table-throttles',
      meaning: 'DynamoDB refuses reads or writes of the table or its index.',
      section: 'table-throttles',
      metric: tableThrottles(names, 1),
      when: { above: 0 },
      periods: [3, 5],
    });
    new RunbookAlarm(this, 'SystemErrors', {
      names,
      slug: 'table-system-errors',
      meaning: 'DynamoDB fails requests by errors of its own.',
      section: 'table-system-errors',
      metric: tableSystemErrors(names, 1),
      when: { above: 0 },
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
