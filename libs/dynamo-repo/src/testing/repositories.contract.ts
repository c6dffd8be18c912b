import type { RepairableRepositories } from '../item-repair.js';
import {
  describeBlockExpiry,
  describeBlockWrites,
  describeCorruptBlocks,
  describeSeals,
} from './blocks.contract.js';
import {
  describeBlockRange,
  describeGetMany,
  describeHeads,
  describeOpenRun,
} from './block-reads.contract.js';
import { describeCosts, describeDeadlines } from './costs.contract.js';
import {
  describeChanges,
  describeDirectoryLine,
  describeDirectoryList,
  describeEntries,
} from './devices.contract.js';
import { BLOCK_MINUTES, HOUR_START_MS } from './fixtures.js';
import type { ContractContext, RepositoriesHarness, TestClock } from './fixtures.js';
import { describeItemRepair } from './item-repair.contract.js';
import { describeFolding, describePutSlot, describeRollupReads } from './rollups.contract.js';

/** What every implementation of the ports must do. One table serves the whole suite, so that tests also see each other's items. */
export function describeRepositoriesContract(name: string, start: () => Promise<RepositoriesHarness>): void {
  describe(`repositories: ${name}`, () => {
    const clock: TestClock = { nowMs: HOUR_START_MS };
    let harness: RepositoriesHarness | undefined;
    let repositories: RepairableRepositories | undefined;
    let devices = 0;
    const started = <T>(value: T | undefined): T => {
      if (value === undefined) throw new Error('the harness has not been started');
      return value;
    };
    const context: ContractContext = {
      clock,
      repositories: () => started(repositories),
      harness: () => started(harness),
      newDevice: () => `device-${String((devices += 1)).padStart(5, '0')}`,
    };

    beforeAll(async () => {
      harness = await start();
      repositories = harness.create({ blockMinutes: BLOCK_MINUTES, clock: () => clock.nowMs });
    });
    beforeEach(() => {
      clock.nowMs = HOUR_START_MS + 30 * 24 * 60 * 60 * 1000;
    });
    afterAll(async () => {
      await harness?.stop();
    });

    describeBlockWrites(context);
    describeSeals(context);
    describeBlockExpiry(context);
    describeCorruptBlocks(context);
    describeGetMany(context);
    describeOpenRun(context);
    describeHeads(context);
    describeBlockRange(context);
    describePutSlot(context);
    describeFolding(context);
    describeRollupReads(context);
    describeItemRepair(context);
    describeEntries(context);
    describeChanges(context);
    describeDirectoryLine(context);
    describeDirectoryList(context);
    describeCosts(context);
    describeDeadlines(context);
  });
}
