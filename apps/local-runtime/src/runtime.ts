import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BootOptions, RunningCloud } from './boot/boot-context.js';
import { requireFreeInspectorPorts, requireFreePorts } from './boot/port-in-use.js';
import { Shutdown } from './boot/shutdown.js';
import { startEngineProxies } from './boot/start-engine-proxies.js';
import { makeFaultEquipment } from './boot/start-faults.js';
import { startConsumers } from './boot/start-consumers.js';
import { startDataEngines } from './boot/start-data-engines.js';
import { startFunctions } from './boot/start-functions.js';
import { startWatch } from './boot/start-watch.js';
import { servedApis, startGateways } from './boot/start-gateways.js';
import type { TokenIssuer } from './engines/issuer/token-issuer.js';
import { LogCollector } from './engines/logs/log-collector.js';
import { createSegmentWatch } from './engines/xray/segment-watch.js';
import { TraceStore } from './engines/xray/trace-store.js';
import { startXrayDaemon } from './engines/xray/xray-daemon.js';
import type { DashboardFiles } from './info/dashboard-files.js';
import { startInfoServer } from './info/info-server.js';
import { readStatus, type RuntimeStatus } from './info/runtime-status.js';
import { CallRegister, refusalMessage } from './roles/call-register.js';
import type { ProcessLedger } from './state/process-ledger.js';
import { readFunctionProjects } from './watch/function-projects.js';

export interface RuntimeOptions extends BootOptions {
  readonly issuer: TokenIssuer;
  readonly ledger: ProcessLedger;
  /** The page at the info port. */
  readonly dashboard?: DashboardFiles;
}

/** A running template. */
export interface Runtime {
  readonly infoUrl: string;
  readonly ingestUrl: string | undefined;
  readonly analyticsUrl: string | undefined;
  status(): Promise<RuntimeStatus>;
  /** Stops everything in the reverse order of its start: requests first, data last. Safe to call again. */
  close(): Promise<void>;
}

/** How often the ids of the children are recorded for the next start. */
const ledgerIntervalMs = 1_000;

/**
 * Boots a plan: first what keeps data, then the functions, what reads the streams, and last the APIs, so that the first
 * request finds everything it needs. What was started is stopped again when a later step fails.
 *
 * @throws RuntimeError or AssemblyError, each a sentence for the user.
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { dataDir, portBase } = options;
  const apis = servedApis(options.plan);
  await requireFreePorts([portBase, ...apis.map(({ role }) => portBase + (role === 'ingest' ? 1 : 2))]);
  await requireFreeInspectorPorts(options.inspected ?? []);
  await mkdir(join(dataDir, 'logs'), { recursive: true });
  const shutdown = new Shutdown(options.notify);
  try {
    const cloud = await startCollectors(options, shutdown);
    const state = { ready: false };
    const status = (): Promise<RuntimeStatus> => readStatus(cloud, options.issuer.issuer, state.ready);
    await startInfoServer({
      cloud,
      issuer: options.issuer,
      port: portBase,
      status,
      ...(options.dashboard === undefined ? {} : { dashboard: options.dashboard }),
    });
    recordChildren(cloud, options.ledger);
    await startDataEngines(cloud);
    await startEngineProxies(cloud);
    await startFunctions(cloud);
    await startConsumers(cloud);
    await startGateways(cloud, apis);
    if (options.watch === true) await startWatch(cloud);
    startFaults(cloud);
    state.ready = true;
    return {
      infoUrl: options.issuer.issuer,
      ingestUrl: cloud.ingestUrl,
      analyticsUrl: cloud.analyticsUrl,
      status,
      close: () => shutdown.run(),
    };
  } catch (error) {
    await shutdown.run();
    throw error;
  }
}

async function startCollectors(options: RuntimeOptions, shutdown: Shutdown): Promise<RunningCloud> {
  const logs = new LogCollector({ folder: join(options.dataDir, 'logs'), onTrouble: options.notify });
  shutdown.add('The logs', () => logs.close());
  const traces = new TraceStore();
  const watchSegment = createSegmentWatch(options.notify);
  const daemon = await startXrayDaemon({
    port: 0,
    onSegment: (segment) => {
      watchSegment(segment);
      traces.add(segment);
    },
  });
  shutdown.add('The X-Ray daemon', () => daemon.close());
  const cloud: RunningCloud = {
    options,
    shutdown,
    logs,
    traces,
    watchSegment,
    xrayAddress: daemon.address,
    engines: new Map(),
    functions: new Map(),
    functionProjects: options.workspace === undefined ? [] : readFunctionProjects(options.workspace),
    contractViolations: 0,
    mappings: [],
    proxies: new Map(),
    ...(options.roles === undefined ? {} : { calls: callRegister(options.roles, options.notify) }),
    deliveries: [],
    ...(options.faults === undefined ? {} : { faults: makeFaultEquipment(options.faults, () => cloud) }),
  };
  return cloud;
}

function callRegister(
  roles: NonNullable<BootOptions['roles']>,
  notify: (message: string) => void,
): CallRegister {
  return new CallRegister(roles, (refusal) => notify(refusalMessage(refusal)));
}

/** Last of all, so that faults end first when the runtime stops. */
function startFaults(cloud: RunningCloud): void {
  const { faults, options, shutdown } = cloud;
  if (faults === undefined) return;
  shutdown.add('The fault injection', () => faults.injector.end());
  options.notify(`Faults are injected with the seed ${faults.injector.state().seed}.`);
  faults.injector.start();
}

function recordChildren(cloud: RunningCloud, ledger: ProcessLedger): void {
  const record = (): void => {
    const engines = [...cloud.engines.values()].flatMap((engine) => engine().pids);
    const workers = [...cloud.functions.values()].flatMap((lambda) => lambda.workerPids());
    ledger.record([...engines, ...workers].filter((pid) => pid !== process.pid));
  };
  const timer = setInterval(record, ledgerIntervalMs);
  timer.unref();
  cloud.shutdown.add('The list of children', () => {
    clearInterval(timer);
    ledger.record([]);
  });
}
