import { BlockCache, type BlockCacheOptions, type StoredBlock } from '@weir/dynamo-repo';

/** What this container knows of a block that it has read or written. */
export interface RememberedBlock {
  readonly stored: StoredBlock;
  /**
   * Of an open block: since it exists, this container has read the device's open run, in which it was the newest block,
   * and has sealed the rest. So whatever its creator may have left undone is done.
   * Of a sealed block: this container has itself propagated exactly this version through all levels.
   */
  readonly settled: boolean;
}

interface RememberedDevice {
  /** Slot starts of blocks that may be in the cache, in the order in which they were noted. */
  readonly slots: Set<number>;
  newestStartMs: number;
}

/** A device that sends history must not push all others out of memory. */
const BLOCKS_PER_DEVICE_MAX = 64;
const DEVICES_MAX = 50_000;

/**
 * What a warm container remembers of its devices, bounded in blocks and bytes; what was used least recently goes first.
 * Losing any of it costs a read and never exactness: what is remembered is confirmed by the version condition of the next
 * write, and what is not remembered counts as not settled.
 */
export class DeviceMemory {
  private readonly cache: BlockCache;
  private readonly devices = new Map<string, RememberedDevice>();

  constructor(limits: BlockCacheOptions) {
    this.cache = new BlockCache(limits);
  }

  block(deviceId: string, slotStartMs: number): RememberedBlock | undefined {
    const cached = this.cache.get({ deviceId, slotStartMs });
    return cached && { stored: cached.stored, settled: cached.verified };
  }

  /** The newest slot in which the device is known to have a block. The real one is never older. */
  newestStartMs(deviceId: string): number | undefined {
    return this.devices.get(deviceId)?.newestStartMs;
  }

  noteNewest(deviceId: string, slotStartMs: number): void {
    const device = this.use(deviceId, slotStartMs);
    device.newestStartMs = Math.max(device.newestStartMs, slotStartMs);
  }

  /**
   * Notes a block as it was just read or written. An open block that was settled stays so with any content; a sealed one
   * at the same version only.
   */
  note(stored: StoredBlock): void {
    const known = this.block(stored.deviceId, stored.block.slot.startMs);
    const alike =
      known?.stored.sealed === stored.sealed && (!stored.sealed || known.stored.version === stored.version);
    this.put(stored, alike && known.settled);
  }

  noteSettled(stored: StoredBlock): void {
    this.put(stored, true);
  }

  /** After an error nobody knows what was done and what was not: everything about the device is asked again. */
  forget(deviceId: string): void {
    for (const slotStartMs of this.devices.get(deviceId)?.slots ?? [])
      this.cache.evict({ deviceId, slotStartMs });
    this.devices.delete(deviceId);
  }

  private put(stored: StoredBlock, settled: boolean): void {
    const { deviceId, block } = stored;
    const slotStartMs = block.slot.startMs;
    this.cache.put(stored, settled);
    this.noteNewest(deviceId, slotStartMs);
    const { slots } = this.use(deviceId, slotStartMs);
    slots.delete(slotStartMs);
    slots.add(slotStartMs);
    for (const oldest of slots) {
      if (slots.size <= BLOCKS_PER_DEVICE_MAX) break;
      slots.delete(oldest);
      this.cache.evict({ deviceId, slotStartMs: oldest });
    }
  }

  /** The device's entry, moved to the end of the order of use. */
  private use(deviceId: string, newestStartMs: number): RememberedDevice {
    const device = this.devices.get(deviceId) ?? { slots: new Set(), newestStartMs };
    this.devices.delete(deviceId);
    this.devices.set(deviceId, device);
    for (const leastUsed of this.devices.keys()) {
      if (this.devices.size <= DEVICES_MAX) break;
      this.forget(leastUsed);
    }
    return device;
  }
}
