import type { TableItem } from '@weir/dynamo-repo';

/**
 * All that readers see of a table, a line an attribute: the encoded blocks and summaries in base64, and the seals. Versions
 * and expiry are left out, as they tell how often and when something was written.
 */
export function storedBytes(items: readonly TableItem[]): string[] {
  return items.flatMap((item) =>
    Object.entries(item)
      .filter(([name, value]) => value instanceof Uint8Array || name === 's')
      .map(([name, value]) => {
        const shown = value instanceof Uint8Array ? Buffer.from(value).toString('base64') : String(value);
        return `${item.pk} ${item.sk} ${name} ${shown}`;
      })
      .sort(),
  );
}
