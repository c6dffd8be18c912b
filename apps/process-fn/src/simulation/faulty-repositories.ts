import { TransientStoreError, type Repositories } from '@weir/dynamo-repo';
import type { Quarantine } from '../quarantine.js';
import type { SeededRandom } from './seeded-random.js';
import type { TurnScheduler } from './turn-scheduler.js';

/** How likely each fault is at each call, from 0 to 1. */
export interface FaultRates {
  /** The store refuses; nothing happened. */
  readonly throttle: number;
  /** The store did it, but the answer is lost. */
  readonly lostResponse: number;
  /** The caller gives up, and the request takes effect some time afterwards. */
  readonly lateEffect: number;
  /** The container dies, just before or just after the call took effect. */
  readonly crash: number;
}

export const NO_FAULTS: FaultRates = { throttle: 0, lostResponse: 0, lateEffect: 0, crash: 0 };

/** What a container's calls go through. */
export interface FaultyLine {
  readonly scheduler: TurnScheduler;
  readonly random: SeededRandom;
  /** Owner of the container's turns. */
  readonly owner: object;
  readonly rates: () => FaultRates;
  /** The container dies: none of its calls ever returns again. */
  readonly crash: () => void;
}

const NEVER = new Promise<never>(() => undefined);

/** Effects that are on their way after their caller gave up belong to nobody, and survive every crash. */
const NOBODY = {};

async function call<T>(line: FaultyLine, effect: () => Promise<T>): Promise<T> {
  const { scheduler, random, owner } = line;
  await scheduler.turn(owner);
  const { throttle, lostResponse, lateEffect, crash } = line.rates();
  const die = (): Promise<never> => {
    line.crash();
    return NEVER;
  };
  if (random.chance(throttle)) throw new TransientStoreError('simulated: throttled');
  if (random.chance(crash)) return die();
  if (random.chance(lateEffect)) {
    void scheduler
      .turn(NOBODY)
      .then(effect)
      .catch(() => undefined);
    throw new TransientStoreError('simulated: timed out');
  }
  const result = await effect();
  if (random.chance(crash)) return die();
  await scheduler.turn(owner);
  if (random.chance(lostResponse)) throw new TransientStoreError('simulated: the answer was lost');
  return result;
}

/** Repositories whose every call waits for its turn to take effect, waits for it again to answer, and can fail either way. */
export function faultyRepositories(
  { blocks, rollups, devices }: Repositories,
  line: FaultyLine,
): Repositories {
  return {
    blocks: {
      getMany: (...args) => call(line, () => blocks.getMany(...args)),
      write: (...args) => call(line, () => blocks.write(...args)),
      seal: (...args) => call(line, () => blocks.seal(...args)),
      openRun: (...args) => call(line, () => blocks.openRun(...args)),
      range: (...args) => call(line, () => blocks.range(...args)),
    },
    rollups: {
      putSlots: (...args) => call(line, () => rollups.putSlots(...args)),
      markFolded: (...args) => call(line, () => rollups.markFolded(...args)),
      get: (...args) => call(line, () => rollups.get(...args)),
      range: (...args) => call(line, () => rollups.range(...args)),
    },
    devices: {
      entries: (...args) => call(line, () => devices.entries(...args)),
      entriesOfMany: (...args) => call(line, () => devices.entriesOfMany(...args)),
      putEntry: (...args) => call(line, () => devices.putEntry(...args)),
      ensureListed: (...args) => call(line, () => devices.ensureListed(...args)),
      directoryEntry: (...args) => call(line, () => devices.directoryEntry(...args)),
      list: (...args) => call(line, () => devices.list(...args)),
    },
  };
}

export function faultyQuarantine(quarantine: Quarantine, line: FaultyLine): Quarantine {
  return { put: (item) => call(line, () => quarantine.put(item)) };
}
