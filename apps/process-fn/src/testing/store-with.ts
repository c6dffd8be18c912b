import type { Repositories } from '@weir/dynamo-repo';

type Overrides = { readonly [Name in keyof Repositories]?: Partial<Repositories[Name]> };

/** The same store, but for the calls that are given. */
export function storeWith(
  { blocks, heads, rollups, devices }: Repositories,
  overrides: Overrides,
): Repositories {
  return {
    blocks: {
      getMany: (...args) => blocks.getMany(...args),
      write: (...args) => blocks.write(...args),
      seal: (...args) => blocks.seal(...args),
      openRun: (...args) => blocks.openRun(...args),
      range: (...args) => blocks.range(...args),
      ...overrides.blocks,
    },
    heads: {
      read: (...args) => heads.read(...args),
      ...overrides.heads,
    },
    rollups: {
      putSlots: (...args) => rollups.putSlots(...args),
      markFolded: (...args) => rollups.markFolded(...args),
      get: (...args) => rollups.get(...args),
      range: (...args) => rollups.range(...args),
      ...overrides.rollups,
    },
    devices: {
      entries: (...args) => devices.entries(...args),
      putEntry: (...args) => devices.putEntry(...args),
      changedSince: (...args) => devices.changedSince(...args),
      ensureListed: (...args) => devices.ensureListed(...args),
      directoryEntry: (...args) => devices.directoryEntry(...args),
      list: (...args) => devices.list(...args),
      ...overrides.devices,
    },
  };
}
