import {
  BlockDescent,
  type BlockRepository,
  type HeadDepth,
  type HeadRepository,
  type Repositories,
  type StoredBlock,
  type WorkContext,
} from '@weir/dynamo-repo';
import type { Quarantine } from '../quarantine.js';
import { callThrough, type FaultyLine } from './faulty-line.js';

/** Repositories whose every call goes through a line that can fail. */
export function faultyRepositories(
  { blocks, heads, rollups, devices }: Repositories,
  line: FaultyLine,
  { tornReads }: { readonly tornReads: boolean },
): Repositories {
  const call = <T>(name: string, deviceId: string | undefined, effect: () => Promise<T>): Promise<T> =>
    callThrough(line, { name, deviceId }, effect);
  const faulty: BlockRepository = {
    getMany: (keys, ...rest) =>
      call(
        `read blocks ${keys.map(({ slotStartMs }) => minuteOf(slotStartMs)).join()}`,
        keys[0]?.deviceId,
        () => blocks.getMany(keys, ...rest),
      ),
    write: (deviceId, block, expected, ...rest) =>
      call(
        `write ${deviceId} ${minuteOf(block.slot.startMs)} after v${expected?.version ?? 0}`,
        deviceId,
        () => blocks.write(deviceId, block, expected, ...rest),
      ),
    seal: (block, ...rest) =>
      call(
        `seal ${block.deviceId} ${minuteOf(block.block.slot.startMs)} v${block.version}`,
        block.deviceId,
        () => blocks.seal(block, ...rest),
      ),
    openRun: (deviceId, ...rest) =>
      call(`read open run of ${deviceId}`, deviceId, () => blocks.openRun(deviceId, ...rest)),
    range: (deviceId, ...rest) =>
      call(`read range of ${deviceId}`, deviceId, () => blocks.range(deviceId, ...rest)),
  };
  const faultyHeads: HeadRepository = {
    read: (deviceId, ...rest) =>
      call(`read head of ${deviceId}`, deviceId, () => heads.read(deviceId, ...rest)),
  };
  return {
    blocks: tornReads ? withTornReads(faulty) : faulty,
    heads: tornReads ? tornHeads(faulty, faultyHeads) : faultyHeads,
    rollups: {
      putSlots: (deviceId, level, slots, ...rest) =>
        call(
          `put ${level} ${deviceId} ${slots.map(({ window, version }) => `${minuteOf(window.startMs)} v${version}`).join()}`,
          deviceId,
          () => rollups.putSlots(deviceId, level, slots, ...rest),
        ),
      markFolded: (rollup, ...rest) =>
        call(`mark folded ${rollup.deviceId} ${minuteOf(rollup.window.startMs)}`, rollup.deviceId, () =>
          rollups.markFolded(rollup, ...rest),
        ),
      get: (deviceId, level, startMs, ...rest) =>
        call(`read ${level} ${deviceId} ${minuteOf(startMs)}`, deviceId, () =>
          rollups.get(deviceId, level, startMs, ...rest),
        ),
      range: (deviceId, level, ...rest) =>
        call(`read ${level}s of ${deviceId}`, deviceId, () => rollups.range(deviceId, level, ...rest)),
    },
    devices: {
      entries: (deviceId, ...rest) =>
        call(`read entries of ${deviceId}`, deviceId, () => devices.entries(deviceId, ...rest)),
      putEntry: (entry, ...rest) =>
        call(`put entry of ${entry.deviceId}`, entry.deviceId, () => devices.putEntry(entry, ...rest)),
      changedSince: (...args) => call('read changed devices', undefined, () => devices.changedSince(...args)),
      ensureListed: (deviceId, ...rest) =>
        call(`list ${deviceId}`, deviceId, () => devices.ensureListed(deviceId, ...rest)),
      directoryEntry: (deviceId, ...rest) =>
        call(`look up ${deviceId}`, deviceId, () => devices.directoryEntry(deviceId, ...rest)),
      list: (...args) => call('read the directory', undefined, () => devices.list(...args)),
    },
  };
}

export function faultyQuarantine(quarantine: Quarantine, line: FaultyLine): Quarantine {
  return {
    put: (item) => callThrough(line, { name: `quarantine ${item.reason}` }, () => quarantine.put(item)),
  };
}

/**
 * Reads of several items as they are on DynamoDB, whose batches may answer in parts and whose queries come in pages: every
 * item is consistent as of the moment at which it was read, and the moments differ.
 */
function withTornReads(blocks: BlockRepository): BlockRepository {
  return {
    ...blocks,
    async getMany(keys, work, onCorrupt) {
      const found = new Map<string, StoredBlock>();
      for (const key of keys) {
        for (const [name, stored] of await blocks.getMany([key], work, onCorrupt)) found.set(name, stored);
      }
      return found;
    },
    async openRun(deviceId, work) {
      const run = await descend(blocks, deviceId, 'open run', work);
      return { blocks: run, reachedBottom: run.at(-1)?.sealed !== true };
    },
  };
}

/** The entries, then one block after the other. */
function tornHeads(blocks: BlockRepository, heads: HeadRepository): HeadRepository {
  return {
    async read(deviceId, depth, work) {
      const { readAtMs, entries } = await heads.read(deviceId, depth, work);
      return { readAtMs, entries, blocks: await descend(blocks, deviceId, depth, work) };
    },
  };
}

async function descend(
  blocks: BlockRepository,
  deviceId: string,
  depth: HeadDepth,
  work: WorkContext,
): Promise<readonly StoredBlock[]> {
  const descent = new BlockDescent(depth);
  const range = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, order: 'desc', limit: 1 } as const;
  for (let afterMs: number | undefined; ;) {
    const page = await blocks.range(
      deviceId,
      { ...range, ...(afterMs === undefined ? {} : { afterMs }) },
      work,
    );
    const goOn = page.blocks.every((stored) => descent.take(stored));
    afterMs = page.nextAfterMs;
    if (!goOn || afterMs === undefined) return descent.blocks;
  }
}

/** An instant for the trace, to the minute. */
function minuteOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(5, 16);
}
