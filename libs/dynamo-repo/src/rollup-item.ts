import { RESOLUTION_MS, decodeSummaries, encodeSummaries, monthAt, windowAt } from '@weir/aggregation';
import type { Window } from '@weir/aggregation';
import { corruptItem, decodeIn, versionIn } from './corrupt-item.js';
import { deviceIdOf, rollupItemKey, timeOf } from './keys.js';
import type { ItemKey } from './keys.js';
import type { Rollup, RollupLevel, RollupSlot } from './ports.js';

const HOUR_MS = RESOLUTION_MS['1h'];
const DAY_MS = RESOLUTION_MS['1d'];
const MINUTE_MS = RESOLUTION_MS['1m'];

/** How the children of a level are named: by minute of the hour, hour of the day, or day of the month less one. */
const LABEL_UNIT_MS: Readonly<Record<RollupLevel, number>> = {
  hour: MINUTE_MS,
  day: HOUR_MS,
  month: DAY_MS,
};

/** The names of the two attributes that hold one child: `v05` its version, `d05` its encoded summaries. */
export interface SlotAttributes {
  readonly version: string;
  readonly summaries: string;
}

/** The window of the rollup that covers the instant `timeMs`: its UTC hour, day or month. */
export function rollupWindowAt(level: RollupLevel, timeMs: number): Window {
  if (level === 'month') return monthAt(timeMs);
  return windowAt(level === 'hour' ? HOUR_MS : DAY_MS, timeMs);
}

/** The length of a child window: a block of `blockMs`, an hour, or a day. */
function childLengthMs(level: RollupLevel, blockMs: number): number {
  if (level === 'hour') return blockMs;
  return level === 'day' ? HOUR_MS : DAY_MS;
}

function attributesAt(level: RollupLevel, rollup: Window, childStartMs: number): SlotAttributes {
  const label = String((childStartMs - rollup.startMs) / LABEL_UNIT_MS[level]).padStart(2, '0');
  return { version: `v${label}`, summaries: `d${label}` };
}

/**
 * The attributes that hold `child` in its rollup.
 *
 * @throws RangeError when `child` is not a whole child window of that level.
 */
export function slotAttributes(level: RollupLevel, child: Window, blockMs: number): SlotAttributes {
  const expected = windowAt(childLengthMs(level, blockMs), child.startMs);
  if (expected.startMs !== child.startMs || expected.endMs !== child.endMs) {
    throw new RangeError(
      `slot.window: [${child.startMs}, ${child.endMs}) is no child of the level ${level}, whose children are ` +
        `${childLengthMs(level, blockMs)} ms long`,
    );
  }
  return attributesAt(level, rollupWindowAt(level, child.startMs), child.startMs);
}

/** The attributes of every child that a rollup can have, in time order. */
export function allSlotAttributes(level: RollupLevel, window: Window, blockMs: number): SlotAttributes[] {
  const attributes: SlotAttributes[] = [];
  for (let startMs = window.startMs; startMs < window.endMs; startMs += childLengthMs(level, blockMs)) {
    attributes.push(attributesAt(level, window, startMs));
  }
  return attributes;
}

/** The values of {@link slotAttributes} for one child. */
export function slotValues(slot: RollupSlot): { version: number; summaries: Uint8Array } {
  return { version: slot.version, summaries: encodeSummaries(slot.summaries) };
}

function labelsIn(item: object): string[] {
  return Object.keys(item)
    .filter((name) => /^[vd]\d\d$/.test(name))
    .map((name) => name.slice(1));
}

/**
 * @throws CorruptItemError naming the key when the item is not a rollup of that level and format, or its slots do not lie
 * on the grid of `blockMs`.
 */
export function fromRollupItem(
  level: RollupLevel,
  item: ItemKey & Readonly<Record<string, unknown>>,
  blockMs: number,
): Rollup {
  const startMs = timeOf(item.sk);
  if (Number.isNaN(startMs)) throw corruptItem(item, 'sk does not end in a time');
  const window = rollupWindowAt(level, startMs);
  const slots: RollupSlot[] = [];
  const lengthMs = childLengthMs(level, blockMs);
  for (const label of [...new Set(labelsIn(item))].sort()) {
    const childStartMs = window.startMs + Number(label) * LABEL_UNIT_MS[level];
    if ((childStartMs - window.startMs) % lengthMs !== 0 || childStartMs >= window.endMs) {
      throw corruptItem(item, `v${label} is not on the grid of children ${lengthMs} ms long`);
    }
    slots.push({
      window: { startMs: childStartMs, endMs: childStartMs + lengthMs },
      version: versionIn(item, `v${label}`, item[`v${label}`]),
      summaries: decodeIn(item, `d${label}`, item[`d${label}`], decodeSummaries),
    });
  }
  return {
    deviceId: deviceIdOf(item.pk),
    level,
    window,
    slots,
    version: slots.reduce((sum, slot) => sum + slot.version, 0),
    folded: item.expiresAt !== undefined,
  };
}

/**
 * The key of the one rollup that covers all of `slots`.
 *
 * @throws RangeError when there is none, or more than one
 */
export function rollupKeyOf(deviceId: string, level: RollupLevel, slots: readonly RollupSlot[]): ItemKey {
  const starts = new Set(slots.map(({ window }) => rollupWindowAt(level, window.startMs).startMs));
  const [startMs] = starts;
  if (startMs === undefined || starts.size > 1) {
    throw new RangeError(`slots: must be children of exactly one ${level}, not of ${starts.size}`);
  }
  return rollupItemKey(deviceId, level, startMs);
}
