import { systemCode } from '../runtime-error.js';
import { FaultInjector } from '../faults/fault-injector.js';
import { isNamed, type FaultPlan } from '../faults/fault-plan.js';
import type { FaultTargets } from '../faults/fault-targets.js';
import { FaultedConsumer } from '../faults/faulted-consumer.js';
import { engineProcessServices } from '../faults/faulted-call.js';
import { reshardStream } from '../faults/reshard.js';
import { randomItem } from '../faults/seeded-random.js';
import type { RunningCloud } from './boot-context.js';

export interface FaultOptions {
  readonly plan: FaultPlan;
  /** A whole number of 32 bits. */
  readonly seed: number;
}

/** What a runtime has that was started with fault injection. */
export interface FaultEquipment {
  readonly injector: FaultInjector;
  readonly consumers: FaultedConsumer[];
}

/** The log of applied faults is `logs/faults.ndjson`. */
const logName = 'faults';

/** Makes what injects faults into a cloud that is yet to be booted. Events begin with `injector.start()`. */
export function makeFaultEquipment({ plan, seed }: FaultOptions, cloud: () => RunningCloud): FaultEquipment {
  const consumers: FaultedConsumer[] = [];
  const injector = new FaultInjector({
    plan,
    seed,
    targets: faultTargets(cloud, consumers),
    log: (entry) => {
      const timestampMs = cloud().options.clock();
      cloud().logs.add({
        functionName: logName,
        timestampMs,
        stream: 'platform',
        message: JSON.stringify(entry),
      });
    },
    notify: (message) => cloud().options.notify(message),
  });
  return { injector, consumers };
}

/** A consumer that faults can take hold of; undefined in a runtime without fault injection. */
export function addFaultedConsumer(cloud: RunningCloud, name: string): FaultedConsumer | undefined {
  if (cloud.faults === undefined) return undefined;
  const consumer = new FaultedConsumer(name);
  cloud.faults.consumers.push(consumer);
  return consumer;
}

function faultTargets(cloud: () => RunningCloud, consumers: readonly FaultedConsumer[]): FaultTargets {
  return {
    workers: () =>
      [...cloud().functions.values()].flatMap((lambda) =>
        lambda.workerPids().map((pid) => ({ functionName: lambda.functionName, pid })),
      ),
    engineProcesses: () =>
      engineProcessServices.flatMap((service) => {
        const pids = cloud().engines.get(service)?.().pids ?? [];
        return pids.filter((pid) => pid !== process.pid).map((pid) => ({ service, pid }));
      }),
    kill: sendKill,
    killRuntime: () => {
      sendKill(process.pid);
    },
    reshard: async ({ stream, openShardsMax }, random) => {
      const { kinesis } = cloud();
      const streams = [...(kinesis?.streamsByArn.values() ?? [])].filter((name) => isNamed(name, stream));
      const chosen = randomItem(streams, random());
      if (kinesis === undefined || chosen === undefined) return undefined;
      return reshardStream(kinesis.client, chosen, openShardsMax, random);
    },
    consumers: () => consumers,
  };
}

function sendKill(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch (error) {
    // It ended by itself in between.
    if (systemCode(error) === 'ESRCH') return false;
    throw error;
  }
}
