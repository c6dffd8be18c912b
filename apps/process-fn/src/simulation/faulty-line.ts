import { TransientStoreError } from '@weir/dynamo-repo';
import type { SeededRandom } from './seeded-random.js';
import type { TurnScheduler } from './turn-scheduler.js';
import type { FaultRates } from './workload.js';

/** A request to a store. */
export interface StoreCall {
  /** What is asked, for the trace. */
  readonly name: string;
  /** The device whose item it is about, undefined where it is about several or none. */
  readonly deviceId?: string | undefined;
}

/** What a container's calls go through. */
export interface FaultyLine {
  readonly scheduler: TurnScheduler;
  readonly random: SeededRandom;
  /** Owner of the container's turns. */
  readonly owner: object;
  readonly rates: () => FaultRates;
  /** Whether the store refuses whatever concerns this device. */
  readonly isRefused: (deviceId: string | undefined) => boolean;
  /** The container dies: none of its calls ever returns again. */
  readonly crash: () => void;
  readonly trace: (event: string) => void;
}

/** Effects that are on their way after their caller gave up belong to nobody, and survive every crash. */
const NOBODY = {};

/** Makes a call, which waits for its turn to take effect, waits for it again to answer, and can fail either way. */
export async function callThrough<T>(
  line: FaultyLine,
  { name, deviceId }: StoreCall,
  effect: () => Promise<T>,
): Promise<T> {
  const { scheduler, random, owner, trace } = line;
  await scheduler.turn(owner);
  const { throttle, lostResponse, lateEffect, crash } = line.rates();
  const die = (when: string): Promise<never> => {
    trace(`${name}: dies ${when}`);
    line.crash();
    return new Promise(() => undefined);
  };
  if (line.isRefused(deviceId) || random.chance(throttle)) {
    trace(`${name}: throttled`);
    throw new TransientStoreError('simulated: throttled');
  }
  if (random.chance(crash)) return die('before');
  if (random.chance(lateEffect)) {
    void scheduler
      .turn(NOBODY)
      .then(effect)
      .then(() => trace(`${name}: takes effect late`))
      .catch(() => undefined);
    if (random.chance(0.3)) return die('with the request on its way');
    trace(`${name}: times out`);
    throw new TransientStoreError('simulated: timed out');
  }
  const result = await effect();
  trace(`${name}: done`);
  if (random.chance(crash)) return die('after');
  await scheduler.turn(owner);
  if (random.chance(lostResponse)) {
    trace(`${name}: the answer is lost`);
    throw new TransientStoreError('simulated: the answer was lost');
  }
  return result;
}
