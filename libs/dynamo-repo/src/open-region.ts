import { RESOLUTION_MS, summariseWindows, windowAt, type Window } from '@weir/aggregation';
import type { DeviceHead, StoredBlock } from './ports.js';
import { BLOCK_TTL_MS_MIN } from './store-options.js';
import type { WindowPart } from './window-part.js';

/** What a device's head tells of one metric: all that no day may hold yet. */
export interface OpenRegion {
  /** The open blocks above the first sealed one, in time order. */
  readonly openBlocks: readonly WindowPart[];
  /** The hours of these and of the newest block, in time order. Only of a head that reaches down to them. */
  readonly hours: readonly UnfoldedHour[];
  /**
   * Windows that end at or before it are final: a later block has begun, and every block in them is sealed. -Infinity
   * for a device without blocks.
   */
  readonly finalBeforeMs: number;
}

/** An hour that may not have reached its day. */
export interface UnfoldedHour {
  readonly window: Window;
  /** Its blocks, open or sealed, in time order. */
  readonly blocks: readonly WindowPart[];
  /** Whether these are all that it ever had: none can have expired. */
  readonly complete: boolean;
}

/** An hour that began this long ago has lost no block, even if the clocks of those who wrote are half a day apart. */
const COMPLETE_MS = BLOCK_TTL_MS_MIN / 2;

/** @param head read down to the unfolded hours, or else `hours` is not to be used */
export function openRegionOf(head: DeviceHead, metric: string, blockMs: number): OpenRegion {
  const [newest] = head.blocks;
  const firstSealed = head.blocks.findIndex(({ sealed }) => sealed);
  const open = head.blocks.slice(0, firstSealed < 0 ? undefined : firstSealed);
  const lowest = open.at(-1) ?? newest;
  if (newest === undefined || lowest === undefined) {
    return { openBlocks: [], hours: [], finalBeforeMs: -Infinity };
  }
  const partOf = ({ block, version }: StoredBlock): WindowPart => ({
    window: block.slot,
    version,
    summary: summariseWindows(block, metric, blockMs)[0]?.summary,
  });
  const newestMs = newest.block.slot.startMs;
  const unfoldedFromMs = hourAt(lowest).startMs;
  const unfolded = head.blocks.filter(({ block }) => block.slot.startMs >= unfoldedFromMs).toReversed();
  return {
    openBlocks: open.toReversed().map(partOf),
    hours: groupByHour(unfolded).map(([window, blocks]) => {
      const slots = (Math.min(window.endMs - blockMs, newestMs) - window.startMs) / blockMs + 1;
      const complete = head.readAtMs - window.startMs < COMPLETE_MS || blocks.length === slots;
      return { window, blocks: blocks.map(partOf), complete };
    }),
    finalBeforeMs: lowest.block.slot.startMs,
  };
}

function hourAt({ block }: StoredBlock): Window {
  return windowAt(RESOLUTION_MS['1h'], block.slot.startMs);
}

/** @param blocks in time order */
function groupByHour(blocks: readonly StoredBlock[]): [Window, StoredBlock[]][] {
  const groups: [Window, StoredBlock[]][] = [];
  for (const stored of blocks) {
    const window = hourAt(stored);
    const last = groups.at(-1);
    if (last?.[0].startMs === window.startMs) last[1].push(stored);
    else groups.push([window, [stored]]);
  }
  return groups;
}
