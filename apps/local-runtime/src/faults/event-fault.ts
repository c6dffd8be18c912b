import { isNamed, type EventRule } from './fault-plan.js';
import type { FaultTargets } from './fault-targets.js';
import { randomItem } from './seeded-random.js';

/**
 * Makes an event happen once, to a target chosen with `random`. Returns what was done to whom for the log, or undefined
 * when there is nothing that it could be done to at the moment.
 */
export async function applyEvent(
  rule: Exclude<EventRule, { fault: 'killRuntime' }>,
  targets: FaultTargets,
  random: () => number,
): Promise<object | undefined> {
  switch (rule.fault) {
    case 'killWorker': {
      const workers = targets.workers().filter(({ functionName }) => isNamed(functionName, rule.function));
      return killOne(workers, targets, random);
    }
    case 'killEngine': {
      const { service } = rule;
      const processes = targets.engineProcesses();
      return killOne(
        processes.filter((candidate) => service === undefined || candidate.service === service),
        targets,
        random,
      );
    }
    case 'reshard':
      return targets.reshard(rule, random);
    case 'expireIterator': {
      const consumer = chooseConsumer(rule.consumer, targets, random);
      consumer?.expireIterator();
      return consumer && { consumer: consumer.name };
    }
    case 'pauseConsumer': {
      const consumer = chooseConsumer(rule.consumer, targets, random);
      consumer?.pause(rule.pauseMs);
      return consumer && { consumer: consumer.name, pauseMs: rule.pauseMs };
    }
  }
}

function killOne<Target extends { readonly pid: number }>(
  candidates: readonly Target[],
  targets: FaultTargets,
  random: () => number,
): Target | undefined {
  const target = randomItem(candidates, random());
  return target !== undefined && targets.kill(target.pid) ? target : undefined;
}

function chooseConsumer(wanted: string | undefined, targets: FaultTargets, random: () => number) {
  return randomItem(
    targets.consumers().filter(({ name }) => isNamed(name, wanted)),
    random(),
  );
}
