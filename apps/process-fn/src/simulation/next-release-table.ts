import { BLOCK_FORMAT_VERSION, SUMMARY_FORMAT_VERSION } from '@weir/aggregation';
import { MemoryTable, type TableItem } from '@weir/dynamo-repo';

/** The first byte of what the next release encodes: today's code must refuse it. */
const NEXT_FORMAT = Math.max(BLOCK_FORMAT_VERSION, SUMMARY_FORMAT_VERSION) + 1;

/**
 * A table as the next release of the code sees it: it reads today's formats and its own, and writes its own, which is one
 * more byte before today's. What it does not change it leaves in the format in which it stands.
 */
export class NextReleaseTable extends MemoryTable {
  constructor(private readonly shared: MemoryTable) {
    super();
  }

  override peek(key: Parameters<MemoryTable['peek']>[0]): TableItem | undefined {
    const item = this.shared.peek(key);
    return item && readable(item);
  }

  override scanned(...range: Parameters<MemoryTable['scanned']>): TableItem[] {
    return this.shared.scanned(...range).map(readable);
  }

  override items(): readonly TableItem[] {
    return this.shared.items().map(readable);
  }

  override replace(item: TableItem): void {
    const standing = this.shared.peek(item);
    const entries = Object.entries(item).map(([name, value]): [string, unknown] => {
      if (!(value instanceof Uint8Array)) return [name, value];
      const before = standing?.[name];
      const unchanged = before instanceof Uint8Array && Buffer.compare(stripped(before), value) === 0;
      return [name, unchanged ? before : Uint8Array.of(NEXT_FORMAT, ...value)];
    });
    this.shared.replace({ ...item, ...Object.fromEntries(entries) });
  }
}

function readable(item: TableItem): TableItem {
  const entries = Object.entries(item).map(([name, value]): [string, unknown] => [
    name,
    value instanceof Uint8Array ? stripped(value) : value,
  ]);
  return { ...item, ...Object.fromEntries(entries) };
}

function stripped(bytes: Uint8Array): Uint8Array {
  return bytes[0] === NEXT_FORMAT ? bytes.subarray(1) : bytes;
}
