import type { Block } from '@weir/aggregation';
import { assertBlockFits, fromBlockItem, toBlockItem } from './block-item.js';
import type { Condition, ConditionalOutcome, DynamoTable } from './dynamo-table.js';
import { expiryOf, expirySecond, isExpired } from './expiry.js';
import { ALL_BLOCKS, blockItemKey, blockRange, deviceIdOf, devicePartition, timeOf } from './keys.js';
import type { SortKeyRange } from './keys.js';
import { CorruptItemError, blockKeyOf } from './ports.js';
import type {
  BlockKey,
  BlockPage,
  BlockRepository,
  OpenRun,
  StoredBlock,
  WorkContext,
  WriteResult,
} from './ports.js';
import type { StoreSettings } from './store-options.js';
import type { TableItem } from './table-item.js';

/** As a rule the newest block is open and the one below is sealed, so the first page of an open run is short. */
const OPEN_RUN_FIRST_PAGE = 3;
const PAGE_ITEMS_MAX = 100;

function openRunLimitOf(page: number): number {
  return page === 0 ? OPEN_RUN_FIRST_PAGE : PAGE_ITEMS_MAX;
}

/** Holds where the stored block is exactly `expected`, and has not expired. */
function isStill(expected: StoredBlock, nowMs: number): Condition {
  if (!expected.sealed) {
    return {
      expression: 'v = :expected AND attribute_not_exists(s)',
      values: { ':expected': expected.version },
    };
  }
  return {
    expression: 'v = :expected AND attribute_exists(s) AND expiresAt > :now',
    values: { ':expected': expected.version, ':now': expirySecond(nowMs) },
  };
}

/** Holds where nothing is stored, or only what has expired. */
function isAbsent(nowMs: number): Condition {
  return {
    expression: 'attribute_not_exists(pk) OR expiresAt <= :now',
    values: { ':now': expirySecond(nowMs) },
  };
}

function overDeviceBlocks(deviceId: string, range: SortKeyRange, order: 'asc' | 'desc') {
  return {
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
    ExpressionAttributeValues: { ':pk': devicePartition(deviceId), ':from': range.from, ':to': range.to },
    ScanIndexForward: order === 'asc',
  };
}

export class DynamoBlockRepository implements BlockRepository {
  readonly #table: DynamoTable;
  readonly #settings: StoreSettings;

  constructor(table: DynamoTable, settings: StoreSettings) {
    this.#table = table;
    this.#settings = settings;
  }

  async getMany(
    keys: readonly BlockKey[],
    work: WorkContext,
    onCorrupt?: (key: BlockKey, error: CorruptItemError) => void,
  ): Promise<ReadonlyMap<string, StoredBlock>> {
    const distinct = new Map(
      keys.map((key) => [blockKeyOf(key), blockItemKey(key.deviceId, key.slotStartMs)]),
    );
    const items = await this.#table.getMany('blocks.getMany', [...distinct.values()], work);
    const found = new Map<string, StoredBlock>();
    for (const item of items) {
      if (this.#expired(item)) continue;
      const key = { deviceId: deviceIdOf(item.pk), slotStartMs: timeOf(item.sk) };
      try {
        found.set(blockKeyOf(key), fromBlockItem(item));
      } catch (error) {
        if (onCorrupt === undefined || !(error instanceof CorruptItemError)) throw error;
        onCorrupt(key, error);
      }
    }
    return found;
  }

  async write(
    deviceId: string,
    block: Block,
    expected: StoredBlock | undefined,
    nowMs: number,
    work: WorkContext,
  ): Promise<WriteResult> {
    const sealed = expected?.sealed === true;
    const version = (expected?.version ?? 0) + 1;
    const sealedUntil = sealed ? expiryOf(nowMs, this.#settings.blockTtlMs) : undefined;
    const item = toBlockItem(deviceId, block, version, sealedUntil);
    assertBlockFits(item);
    const condition = expected === undefined ? isAbsent(nowMs) : isStill(expected, nowMs);
    const outcome = await this.#table.put('blocks.write', item, condition, work);
    return this.#result(outcome, { deviceId, block, version, sealed }, nowMs);
  }

  async seal(block: StoredBlock, nowMs: number, work: WorkContext): Promise<WriteResult> {
    const outcome = await this.#table.update(
      'blocks.seal',
      blockItemKey(block.deviceId, block.block.slot.startMs),
      {
        expression: 'SET s = :sealed, expiresAt = :until',
        values: { ':sealed': true, ':until': expiryOf(nowMs, this.#settings.blockTtlMs) },
      },
      isStill({ ...block, sealed: false }, nowMs),
      work,
    );
    return this.#result(outcome, { ...block, sealed: true }, nowMs);
  }

  async openRun(deviceId: string, work: WorkContext): Promise<OpenRun> {
    const query = overDeviceBlocks(deviceId, ALL_BLOCKS, 'desc');
    const blocks: StoredBlock[] = [];
    for await (const page of this.#table.pages('blocks.openRun', query, openRunLimitOf, work)) {
      for (const item of page) {
        if (this.#expired(item)) continue;
        const block = fromBlockItem(item);
        blocks.push(block);
        if (block.sealed) return { blocks, reachedBottom: false };
      }
    }
    return { blocks, reachedBottom: true };
  }

  async range(
    deviceId: string,
    range: { fromMs: number; toMs: number; order: 'asc' | 'desc'; limit: number; afterMs?: number },
    work: WorkContext,
  ): Promise<BlockPage> {
    const keys = blockRange(range);
    if (keys === undefined) return { blocks: [], nextAfterMs: undefined };
    const query = overDeviceBlocks(deviceId, keys, range.order);
    const blocks: StoredBlock[] = [];
    // One item more than a page holds tells whether there is another page.
    const limitOf = () => Math.min(range.limit + 1, PAGE_ITEMS_MAX);
    for await (const page of this.#table.pages('blocks.range', query, limitOf, work)) {
      for (const item of page) {
        if (this.#expired(item)) continue;
        if (blocks.length === range.limit) return { blocks, nextAfterMs: blocks.at(-1)?.block.slot.startMs };
        blocks.push(fromBlockItem(item));
      }
    }
    return { blocks, nextAfterMs: undefined };
  }

  #result(outcome: ConditionalOutcome, stored: StoredBlock, nowMs: number): WriteResult {
    if (outcome.applied) return { ok: true, stored };
    const { item } = outcome;
    const absent = item === undefined || isExpired(item, nowMs);
    return { ok: false, current: absent ? undefined : fromBlockItem(item) };
  }

  #expired(item: TableItem): boolean {
    return isExpired(item, this.#settings.clock());
  }
}
