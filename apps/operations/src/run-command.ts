import type { WorkContext } from '@weir/dynamo-repo';
import type { CommandLine } from './command-line.js';
import type { Deployment } from './deployment.js';
import { conserve } from './ledger.js';
import type { Objects } from './objects.js';
import { OperationError } from './operation-error.js';
import { quarantinedObjects } from './quarantine-listing.js';
import { readQuarantinedObject, type QuarantinedObject } from './quarantined-object.js';
import { redriveObject, type RedriveOutcome } from './redrive.js';
import { replayArchive } from './replay.js';
import {
  ledgerJson,
  ledgerText,
  quarantineLine,
  quarantineText,
  redriveText,
  replayText,
  verifyJson,
  verifyText,
} from './report-text.js';
import { verify } from './verify.js';

/** What a command needs besides its options. */
export interface Surroundings {
  readonly deployment: Deployment;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** When aborted, a command ends at the next place where it can be continued. */
  readonly signal: AbortSignal;
  /** Takes the result. */
  readonly print: (text: string) => void;
  /** Takes lines about progress. */
  readonly notify: (line: string) => void;
}

/** For one request to the store, retries included. */
const WORK_MS_MAX = 60_000;

/**
 * Runs a command to its end.
 *
 * @returns the exit status: 0, or 1 where something was refused or differs
 * @throws OperationError, QuarantinedObjectError, or what a store says when it cannot be reached
 */
export async function runCommand(
  { command, json }: CommandLine,
  surroundings: Surroundings,
): Promise<number> {
  const { print } = surroundings;
  const result = (value: object, asText: string): void =>
    print(json ? `${JSON.stringify(value, null, 2)}\n` : asText);
  switch (command.name) {
    case 'quarantine list': {
      const lines = [];
      const quarantine = await surroundings.deployment.quarantine();
      for await (const object of quarantinedObjects(quarantine, command.filter))
        lines.push(quarantineLine(object));
      result(lines, quarantineText(lines));
      return 0;
    }
    case 'quarantine show': {
      const quarantine = await surroundings.deployment.quarantine();
      const body = await requireBody(quarantine, command.key);
      print(`${JSON.stringify(JSON.parse(Buffer.from(body).toString('utf8')), null, 2)}\n`);
      return 0;
    }
    case 'quarantine redrive': {
      const outcomes = await redrive(command, surroundings);
      result(outcomes, redriveText(outcomes));
      return outcomes.some((outcome) => outcome.result === 'refused') ? 1 : 0;
    }
    case 'replay': {
      const { deployment, signal, notify } = surroundings;
      const totals = await replayArchive(command.options, {
        ...surroundings,
        archive: await deployment.archive(),
        publish: deployment.publish,
        deviceGroups: deployment.deviceGroups,
        onProgress: ({ objects, objectsInRange, readings }) =>
          notify(`${objects} of ${objectsInRange} archived objects, ${readings} readings`),
      });
      const ended = !signal.aborted;
      result({ ...totals, ended }, replayText(totals, command.options.dryRun, ended));
      return ended ? 0 : 1;
    }
    case 'verify': {
      const { deployment, notify, clock } = surroundings;
      const report = await verify(command.options, {
        ...deployment,
        ...surroundings,
        archive: await deployment.archive(),
        newWork: () => newWork(clock),
        onProgress: notify,
      });
      result(verifyJson(report), verifyText(report));
      return report.differences === 0 ? 0 : 1;
    }
    case 'ledger': {
      const { deployment, notify, clock } = surroundings;
      const report = await conserve(command.options, {
        ...deployment,
        ...surroundings,
        archive: await deployment.archive(),
        quarantine: await deployment.quarantine(),
        newWork: () => newWork(clock),
        onProgress: notify,
      });
      result(ledgerJson(report), ledgerText(report));
      return report.account.missing === 0 ? 0 : 1;
    }
  }
}

async function redrive(
  { choice, options }: Extract<CommandLine['command'], { name: 'quarantine redrive' }>,
  { deployment, clock, signal, notify }: Surroundings,
): Promise<readonly RedriveOutcome[]> {
  const quarantine = await deployment.quarantine();
  const ports = {
    quarantine,
    publish: deployment.publish,
    deviceGroups: deployment.deviceGroups,
    devices: deployment.repositories.devices,
    clock,
    newWork: () => newWork(clock),
  };
  const outcomes: RedriveOutcome[] = [];
  const objects = 'keys' in choice ? named(quarantine, choice.keys) : quarantinedObjects(quarantine, choice);
  for await (const object of objects) {
    if (signal.aborted) break;
    outcomes.push(await redriveObject(object, options, ports));
    notify(`${outcomes.length} objects`);
  }
  return outcomes;
}

async function* named(quarantine: Objects, keys: readonly string[]): AsyncGenerator<QuarantinedObject> {
  for (const key of keys) yield readQuarantinedObject(key, await requireBody(quarantine, key));
}

async function requireBody(quarantine: Objects, key: string): Promise<Uint8Array> {
  const body = await quarantine.get(key);
  if (body === undefined) throw new OperationError(`The quarantine has no object ${key}.`);
  return body;
}

function newWork(clock: () => number): WorkContext {
  const meter = { readUnits: 0, writeUnits: 0, conflicts: 0, retries: 0 };
  return { deadlineMs: clock() + WORK_MS_MAX, meter };
}
