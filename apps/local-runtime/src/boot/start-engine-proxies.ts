import type { CallDecision } from '../faults/call-decision.js';
import { startEngineProxy, type Caller, type EngineProxyOptions } from '../faults/engine-proxy.js';
import { faultedServices, type FaultedService } from '../faults/faulted-call.js';
import { accessDenied } from '../roles/access-denied.js';
import { engineNeeds } from '../roles/engine-needs.js';
import type { RunningCloud } from './boot-context.js';

/**
 * Starts a proxy in front of every engine that has one, for the functions alone: it holds them to their roles and makes calls
 * fail. The runtime itself goes past it, and so do the functions where neither is wanted.
 */
export async function startEngineProxies(cloud: RunningCloud): Promise<void> {
  if (cloud.faults === undefined && cloud.calls === undefined) return;
  for (const service of faultedServices) {
    const engine = cloud.engines.get(service);
    if (engine === undefined) continue;
    const proxy = await startEngineProxy({
      service,
      engineUrl: engine().endpoint,
      admit: admission(cloud, service),
      ...faultsOfCalls(cloud),
      onTrouble: cloud.options.notify,
    });
    cloud.proxies.set(service, proxy);
    cloud.shutdown.add(`The proxy of ${service}`, () => proxy.close());
  }
}

function admission(cloud: RunningCloud, service: FaultedService): EngineProxyOptions['admit'] {
  const { environment } = cloud.options.plan;
  return (call, request) => {
    const refusal = cloud.calls?.admit(call.functionName, engineNeeds(call, request, environment));
    return refusal === undefined ? undefined : accessDenied(service, refusal, environment);
  };
}

const forwarded: CallDecision = { delayMs: 0, rules: [] };

function faultsOfCalls({
  faults,
  functions,
}: RunningCloud): Pick<EngineProxyOptions, 'decide' | 'applied' | 'kill'> {
  return {
    decide: (call) => faults?.injector.decide(call) ?? forwarded,
    applied: (call, decision, details) => faults?.injector.callApplied(call, decision, details),
    kill: ({ functionName, workerId }: Caller) => functions.get(functionName)?.killWorker(workerId),
  };
}
