import { join, resolve } from 'node:path';
import type { FunctionRole } from '@weir/role-check';
import { planAssembly, type AssemblyPlan } from '../assembly/assembly-plan.js';
import { readCloudAssembly } from '../assembly/cloud-assembly.js';
import { AssemblyProblems } from '../assembly/errors.js';
import { explainPlan } from '../assembly/explanation.js';
import type { CloudEnvironment } from '../assembly/resource-type.js';
import { resourcesOfType, type InspectedFunction, type ProgramEntries } from '../boot/boot-context.js';
import type { FaultOptions } from '../boot/start-faults.js';
import {
  issuerKeyFileName,
  localAudience,
  localIssuer,
  TokenIssuer,
} from '../engines/issuer/token-issuer.js';
import { readDashboardFiles } from '../info/dashboard-files.js';
import { resourceTypes } from '../resources/resource-types.js';
import { functionRoles } from '../roles/function-roles.js';
import { startRuntime, type Runtime } from '../runtime.js';
import { lockDataDirectory, type LockedDataDirectory } from '../state/data-directory.js';
import { RuntimeError } from '../runtime-error.js';
import { readFaultOptions } from './fault-options.js';
import { findInspected } from './inspect-options.js';
import { readyBanner } from './banner.js';
import { fleetExample, startFleet, startReplay, type SimulatorTarget } from './simulator.js';
import type { StartOptions, Surroundings } from './start-options.js';
import { allScopes } from './token-command.js';

/** What the command reads and writes besides its options. */
export interface StartParts extends Surroundings {
  readonly entries: ProgramEntries;
  readonly modulesFrom: string;
  clock(): number;
  random(): number;
  newId(): string;
  print(text: string): void;
  /** One line for the user that is no result. */
  notify(message: string): void;
  /** Aborted when the user asks to stop. */
  readonly stopSignal: AbortSignal;
}

/** A local ARN is never mistaken for a real one. */
const localEnvironment: CloudEnvironment = {
  region: 'us-east-1',
  accountId: '000000000000',
  partition: 'aws',
  urlSuffix: 'amazonaws.com',
};

const daySeconds = 86_400;

/**
 * Runs the template until the user stops it, or until the replay is done. Returns the exit code.
 *
 * @throws RuntimeError, AssemblyError or AssemblyProblems, each a sentence or one a line for the user.
 */
export async function runStart(options: StartOptions, parts: StartParts): Promise<number> {
  const plan = makePlan(options);
  if (options.explain) {
    parts.print(explainPlan(plan));
    return plan.problems.length === 0 ? 0 : 1;
  }
  if (plan.problems.length > 0) throw new AssemblyProblems(plan.problems);
  if (options.explainRoles) {
    parts.print(`${JSON.stringify({ items: functionRoles(plan) }, undefined, 2)}\n`);
    return 0;
  }
  const functions = resourcesOfType(plan, 'AWS::Lambda::Function').map(({ identity }) => identity.ref);
  const inspected = findInspected(options.inspect, functions);
  const roles = options.ignoreRoles ? undefined : functionRoles(plan);
  const faults = options.faults && readFaultOptions(options.faults, parts.random);
  const directory = lockDataDirectory(options.dataDir, { fresh: options.fresh, keep: [issuerKeyFileName] });
  try {
    if (directory.endedLeftovers.length > 0) {
      parts.notify(`Ended ${directory.endedLeftovers.length} processes that an earlier run left behind.`);
    }
    return await runLocked(options, parts, { plan, roles, faults, inspected, directory });
  } finally {
    directory.release();
  }
}

function makePlan(options: StartOptions): AssemblyPlan {
  const issuer = localIssuer(options.portBase);
  const parameters = Object.fromEntries(
    Object.entries(options.parameters).map(([name, value]) => [
      name,
      value.replaceAll('{issuer}', issuer).replaceAll('{jwksUri}', `${issuer}/.well-known/jwks.json`),
    ]),
  );
  return planAssembly(readCloudAssembly(options.assembly), resourceTypes, {
    environment: localEnvironment,
    parameters,
  });
}

interface PreparedStart {
  readonly plan: AssemblyPlan;
  readonly roles: readonly FunctionRole[] | undefined;
  readonly faults: FaultOptions | undefined;
  readonly inspected: readonly InspectedFunction[];
  readonly directory: LockedDataDirectory;
}

async function runLocked(
  options: StartOptions,
  parts: StartParts,
  { plan, roles, faults, inspected, directory }: PreparedStart,
): Promise<number> {
  const { clock, random, newId, notify, entries, modulesFrom } = parts;
  const issuer = await TokenIssuer.open({
    keyFile: join(directory.path, issuerKeyFileName),
    issuer: localIssuer(options.portBase),
    audience: localAudience,
    clock,
    newId,
  });
  const runtime = await startRuntime({
    plan,
    portBase: options.portBase,
    dataDir: directory.path,
    dynamodb: options.dynamodb,
    engines: options.engines,
    entries,
    modulesFrom,
    ...(faults === undefined ? {} : { faults }),
    ...(options.workspace === undefined ? {} : { workspace: options.workspace }),
    watch: options.watch,
    inspected,
    ...(roles === undefined ? {} : { roles }),
    clock,
    random,
    notify,
    issuer,
    ledger: directory.ledger,
    ...(options.dashboard === undefined ? {} : { dashboard: readDashboardFiles(options.dashboard) }),
  });
  try {
    return await serve(options, parts, runtime, issuer, directory.path);
  } finally {
    await runtime.close();
  }
}

async function serve(
  options: StartOptions,
  parts: StartParts,
  runtime: Runtime,
  issuer: TokenIssuer,
  dataDir: string,
): Promise<number> {
  const token = await issuer.sign({ scope: allScopes, ttlSeconds: daySeconds });
  const { infoUrl, ingestUrl, analyticsUrl } = runtime;
  if (options.replay?.exit !== true) {
    const tokenCommand = tokenCommandFor(options);
    parts.print(
      readyBanner({
        infoUrl,
        ingestUrl,
        analyticsUrl,
        token,
        tokenCommand,
        ...fleetExample,
        nowMs: parts.clock(),
      }),
    );
  }
  if (options.simulator === undefined) {
    await untilStopped(parts.stopSignal);
    return 0;
  }
  if (ingestUrl === undefined || analyticsUrl === undefined) {
    throw new RuntimeError(
      'assembly_incomplete',
      'The template has no IngestUrl and AnalyticsUrl for the simulator: start with --no-simulator.',
    );
  }
  const simulatorToken = await issuer.sign({ scope: allScopes, ttlSeconds: 365 * daySeconds });
  const target = { ingestUrl, analyticsUrl, statusUrl: `${infoUrl}/status`, token: simulatorToken };
  if (options.replay === undefined) return runFleet(options.simulator, parts, target, dataDir);
  return runReplay(options.simulator, options.replay, parts, target);
}

async function runFleet(
  program: string,
  parts: StartParts,
  target: SimulatorTarget,
  dataDir: string,
): Promise<number> {
  const fleet = await startFleet({
    program,
    supervisorEntry: parts.entries.supervisor,
    target,
    environment: parts.environment,
    logFile: join(dataDir, 'logs', 'simulator.log'),
    clock: parts.clock,
    onEvent: ({ message }) => parts.notify(message),
  });
  await untilStopped(parts.stopSignal);
  await fleet.close();
  return 0;
}

async function runReplay(
  program: string,
  replay: NonNullable<StartOptions['replay']>,
  parts: StartParts,
  target: SimulatorTarget,
): Promise<number> {
  const running = startReplay({
    program,
    supervisorEntry: parts.entries.supervisor,
    target,
    environment: parts.environment,
    args: replay.args,
    cwd: parts.callerCwd,
  });
  const outcome = await Promise.race([running.ended, untilStopped(parts.stopSignal)]);
  if (outcome === 'stopped') {
    await running.stop();
    if (replay.exit) parts.notify('The replay was stopped before it was done.');
    return replay.exit ? 130 : 0;
  }
  if (outcome !== 0) parts.notify(`The replay failed with exit code ${outcome}; its last lines say why.`);
  if (replay.exit) return outcome;
  await untilStopped(parts.stopSignal);
  return 0;
}

function untilStopped(signal: AbortSignal): Promise<'stopped'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('stopped');
    else signal.addEventListener('abort', () => resolve('stopped'), { once: true });
  });
}

/** A token names its issuer, which stands on the info port, and is signed with the key in the data directory. */
function tokenCommandFor({ portBase, dataDir }: StartOptions): string {
  const usual = portBase === 4000 && dataDir === resolve('.weir');
  return usual ? 'npm run token' : `npm run token -- --port-base ${portBase} --data-dir ${dataDir}`;
}
