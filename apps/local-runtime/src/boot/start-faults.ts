import { systemCode } from '../runtime-error.js';
import { startEngineProxy, type Caller, type EngineProxy } from '../faults/engine-proxy.js';
import { FaultInjector } from '../faults/fault-injector.js';
import { isNamed, type FaultPlan } from '../faults/fault-plan.js';
import type { FaultTargets } from '../faults/fault-targets.js';
import { FaultedConsumer } from '../faults/faulted-consumer.js';
import { engineProcessServices, faultedServices, type FaultedService } from '../faults/faulted-call.js';
import { reshardStream } from '../faults/reshard.js';
import { randomItem } from '../faults/seeded-random.js';
import type { RunningCloud } from './boot-context.js';

export interface FaultOptions {
  readonly plan: FaultPlan;
  /** A whole number of 32 bits. */
  readonly seed: number;
}

/** What a runtime has that was started with fault injection. One without has no proxies, so it pays nothing. */
export interface FaultEquipment {
  readonly injector: FaultInjector;
  readonly proxies: Map<FaultedService, EngineProxy>;
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
  return { injector, proxies: new Map(), consumers };
}

/** Starts a proxy in front of every engine that has one, for the functions alone: the runtime itself goes past it. */
export async function startEngineProxies(cloud: RunningCloud): Promise<void> {
  const { faults } = cloud;
  if (faults === undefined) return;
  for (const service of faultedServices) {
    const engine = cloud.engines.get(service);
    if (engine === undefined) continue;
    const proxy = await startEngineProxy({
      service,
      engineUrl: engine().endpoint,
      decide: (call) => faults.injector.decide(call),
      applied: (call, decision, details) => faults.injector.callApplied(call, decision, details),
      kill: (caller) => killCaller(cloud, caller),
      onTrouble: cloud.options.notify,
    });
    faults.proxies.set(service, proxy);
    cloud.shutdown.add(`The proxy of ${service}`, () => proxy.close());
  }
}

/** A consumer that faults can take hold of; undefined in a runtime without fault injection. */
export function addFaultedConsumer(cloud: RunningCloud, name: string): FaultedConsumer | undefined {
  if (cloud.faults === undefined) return undefined;
  const consumer = new FaultedConsumer(name);
  cloud.faults.consumers.push(consumer);
  return consumer;
}

function killCaller(cloud: RunningCloud, { functionName, workerId }: Caller): void {
  cloud.functions.get(functionName)?.killWorker(workerId);
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
