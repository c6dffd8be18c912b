import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DynamoBlockRepository } from './dynamo-block-repository.js';
import { DynamoDeviceRepository } from './dynamo-device-repository.js';
import { DynamoHeadRepository } from './dynamo-head-repository.js';
import { DynamoRollupRepository } from './dynamo-rollup-repository.js';
import { DynamoTable } from './dynamo-table.js';
import { createItemRepair } from './item-repair.js';
import type { RepairableRepositories, RepairableTable } from './item-repair.js';
import { RequestRetry } from './request-retry.js';
import { storeSettings } from './store-options.js';
import type { StoreOptions } from './store-options.js';

export interface DynamoRepositoriesOptions extends StoreOptions {
  /**
   * A client with `maxAttempts: 1` and a request timeout: the repositories send again themselves, as only they know the
   * deadline of each piece of work.
   */
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  /** A number in [0, 1), for the jitter of the backoff. */
  readonly random: () => number;
  /** Waits; a timer by default. */
  readonly sleep?: (delayMs: number) => Promise<void>;
}

function timerSleep(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

/**
 * Repositories on one DynamoDB table with the string keys `pk` and `sk`, the index `bySite` (`siteId`, `sk`, all
 * attributes), and `expiresAt` as its time to live.
 *
 * Reads are strongly consistent, but for the directory of one site, which comes from the index. Every call can throw a
 * TransientStoreError (throttled or unreachable until the deadline) or a CorruptItemError; any other error of the SDK,
 * such as denied access, is passed on as it is.
 *
 * @throws RangeError naming the option that is out of range.
 */
export function createDynamoRepositories(options: DynamoRepositoriesOptions): RepairableRepositories {
  const settings = storeSettings(options);
  const { client, tableName, clock, random, sleep = timerSleep } = options;
  const table = new DynamoTable(client, tableName, new RequestRetry({ clock, random, sleep }));
  return {
    blocks: new DynamoBlockRepository(table, settings),
    heads: new DynamoHeadRepository(table, settings),
    rollups: new DynamoRollupRepository(table, settings),
    devices: new DynamoDeviceRepository(table, settings),
    repair: createItemRepair(repairableTable(table), settings),
  };
}

function repairableTable(table: DynamoTable): RepairableTable {
  return {
    get: (key, work) => table.get('repair.get', key, work),
    async putIfStill(item, expected, work) {
      const terms = Object.entries(expected).map(([name, value]) =>
        value === undefined ? `attribute_not_exists(${name})` : `${name} = :${name}`,
      );
      const values = Object.entries(expected)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [`:${name}`, value]);
      const condition = {
        expression: terms.join(' AND '),
        ...(values.length === 0 ? {} : { values: Object.fromEntries(values) as Record<string, unknown> }),
      };
      return (await table.put('repair.put', item, condition, work)).applied;
    },
  };
}
