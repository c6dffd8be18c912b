import { BLOCK_MINUTES_ALLOWED } from '@weir/aggregation';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * A sealed block is kept for at least this long after its last write, whatever was set when. So what is younger cannot have
 * expired, and need not be looked for in the rollups.
 */
export const BLOCK_TTL_MS_MIN = DAY_MS;

/** 30 days. */
export const BLOCK_TTL_MS_DEFAULT = 30 * DAY_MS;

/** 13 months, taken as 396 days, so that a year can always be compared with the one before. */
export const HOUR_TTL_MS_DEFAULT = 396 * DAY_MS;

/** What the real repositories and the in-memory ones are both told. */
export interface StoreOptions {
  /** Length of a block's slot; divides an hour. Fixed for the life of a table. */
  readonly blockMinutes: number;
  /** How long a sealed block is kept after its last write; 30 days by default, and never less than {@link BLOCK_TTL_MS_MIN}. */
  readonly blockTtlMs?: number;
  /** How long an hour is kept after it was folded into its day; 13 months by default, and never less than `blockTtlMs`. */
  readonly hourTtlMs?: number;
  /** Now, in epoch milliseconds: decides what a read takes as expired, and when a deadline has passed. */
  readonly clock: () => number;
}

/** {@link StoreOptions} with its defaults filled in. */
export interface StoreSettings {
  readonly blockMs: number;
  readonly blockTtlMs: number;
  readonly hourTtlMs: number;
  readonly clock: () => number;
}

/**
 * Checks the options and fills in what was left out.
 *
 * An hour must outlive its blocks: late data merges into a block that still exists, and its hour has to be complete then.
 *
 * @throws RangeError naming the option and the reason.
 */
export function storeSettings(options: StoreOptions): StoreSettings {
  const { blockMinutes, blockTtlMs = BLOCK_TTL_MS_DEFAULT, hourTtlMs = HOUR_TTL_MS_DEFAULT, clock } = options;
  if (!BLOCK_MINUTES_ALLOWED.includes(blockMinutes)) {
    throw new RangeError(`blockMinutes: must divide an hour evenly, but is ${blockMinutes}`);
  }
  if (!(blockTtlMs >= BLOCK_TTL_MS_MIN)) {
    throw new RangeError(`blockTtlMs: must be at least a day (${BLOCK_TTL_MS_MIN}), but is ${blockTtlMs}`);
  }
  if (!(hourTtlMs >= blockTtlMs)) {
    throw new RangeError(`hourTtlMs: must be at least blockTtlMs (${blockTtlMs}), but is ${hourTtlMs}`);
  }
  return { blockMs: blockMinutes * 60_000, blockTtlMs, hourTtlMs, clock };
}
