import { itemSizeBytes, readUnitsOf, writeUnitsOf } from './item-size.js';
import type { ItemKey, SortKeyRange } from './keys.js';
import type { CapacityMeter, WorkContext } from './ports.js';
import type { TableItem } from './table-item.js';

function keyText(key: ItemKey): string {
  return `${key.pk} / ${key.sk}`;
}

function bySortKey(a: TableItem, b: TableItem): number {
  return a.sk < b.sk ? -1 : 1;
}

/** Units that the site index costs beside the table: nothing where the item is and was of no site. */
function indexUnits(before: TableItem | undefined, after: TableItem): number {
  const left = before?.siteId;
  const entered = after.siteId;
  if (left === entered) return entered === undefined ? 0 : writeUnitsOf(itemSizeBytes(after));
  const leaving = before === undefined || left === undefined ? 0 : writeUnitsOf(itemSizeBytes(before));
  return leaving + (entered === undefined ? 0 : writeUnitsOf(itemSizeBytes(after)));
}

/**
 * A DynamoDB table in memory: it holds the very items that the real repositories write, bytes included, and charges what
 * DynamoDB would. Every method decides and changes in one step, so each call is atomic.
 */
export class MemoryTable {
  readonly #partitions = new Map<string, Map<string, TableItem>>();

  /** What all callers together were charged since the beginning. */
  readonly capacity: CapacityMeter = { readUnits: 0, writeUnits: 0, conflicts: 0, retries: 0 };

  /** The item as it stands, expired or not, without charge: what a condition of a write looks at. */
  peek(key: ItemKey): TableItem | undefined {
    return this.#partitions.get(key.pk)?.get(key.sk);
  }

  /** Reads one item, strongly consistent. */
  get(key: ItemKey, work: WorkContext): TableItem | undefined {
    const item = this.peek(key);
    this.#chargeRead(readUnitsOf(item === undefined ? 0 : itemSizeBytes(item)), work);
    return item;
  }

  /** Items of one partition in order of their sort key. Nothing is charged: see {@link chargeQuery}. */
  scanned(pk: string, range: SortKeyRange): TableItem[] {
    const partition = this.#partitions.get(pk);
    if (partition === undefined) return [];
    const { from, to } = range;
    return [...partition.values()].filter((item) => item.sk >= from && item.sk <= to).sort(bySortKey);
  }

  /** Charges a query that read `items`. */
  chargeQuery(items: readonly TableItem[], work: WorkContext): void {
    this.#chargeRead(readUnitsOf(items.reduce((sum, item) => sum + itemSizeBytes(item), 0)), work);
  }

  /** Writes an item whole. A transaction costs twice as much. */
  put(item: TableItem, work: WorkContext, costFactor: 1 | 2 = 1): void {
    const before = this.peek(item);
    const units = writeUnitsOf(itemSizeBytes(item), before === undefined ? 0 : itemSizeBytes(before));
    this.#chargeWrite(costFactor * units + indexUnits(before, item), work);
    this.replace(item);
  }

  /** Charges a write whose condition failed: the size of what stands there, at least one unit. */
  chargeConflict(key: ItemKey, work: WorkContext): void {
    const item = this.peek(key);
    this.#chargeWrite(writeUnitsOf(item === undefined ? 0 : itemSizeBytes(item)), work);
    work.meter.conflicts += 1;
    this.capacity.conflicts += 1;
  }

  /** Sets an item without a condition and without charge: for tests that prepare or damage what stands in the table. */
  replace(item: TableItem): void {
    let partition = this.#partitions.get(item.pk);
    if (partition === undefined) {
      partition = new Map();
      this.#partitions.set(item.pk, partition);
    }
    partition.set(item.sk, Object.freeze({ ...item }));
  }

  /** Deletes an item without charge, as DynamoDB does some time after it has expired. */
  delete(key: ItemKey): void {
    this.#partitions.get(key.pk)?.delete(key.sk);
  }

  /** Everything that stands in the table, in order of the keys: two tables with equal items are equal. */
  items(): readonly TableItem[] {
    const items = [...this.#partitions.values()].flatMap((partition) => [...partition.values()]);
    return items.sort((a, b) => (keyText(a) < keyText(b) ? -1 : 1));
  }

  #chargeRead(units: number, work: WorkContext): void {
    work.meter.readUnits += units;
    this.capacity.readUnits += units;
  }

  #chargeWrite(units: number, work: WorkContext): void {
    work.meter.writeUnits += units;
    this.capacity.writeUnits += units;
  }
}
