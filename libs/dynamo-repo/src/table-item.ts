import type { ItemKey } from './keys.js';

/** An item as it stands in DynamoDB: attributes by name, binary as Uint8Array. */
export type TableItem = ItemKey & Readonly<Record<string, unknown>>;
