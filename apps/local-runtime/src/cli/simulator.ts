import { SupervisedProcess, type ProcessEvent } from '../processes/supervised-process.js';
import { OutputTail } from '../processes/output-tail.js';
import { startProcess, type StartedProcess } from '../processes/started-process.js';

/** Where the simulator finds the pipeline. */
export interface SimulatorTarget {
  readonly ingestUrl: string;
  readonly analyticsUrl: string;
  readonly statusUrl: string;
  /** Given in its environment, so that it does not show in a list of processes. */
  readonly token: string;
}

export interface SimulatorOptions {
  readonly program: string;
  readonly supervisorEntry: string;
  readonly target: SimulatorTarget;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A device of the simulator's built-in fleet and one of its metrics, for the commands shown to the user. */
export const fleetExample = { deviceId: 'boiler-1', metric: 'temperature' };

const stopGraceMs = 3_000;

/** So that a new user's charts begin with a past. */
const history = '2h';

/** Keeps the simulator's built-in fleet sending, under its own names; what it writes goes to a file. */
export function startFleet(
  options: SimulatorOptions & {
    readonly logFile: string;
    clock(): number;
    onEvent(event: ProcessEvent): void;
  },
): Promise<SupervisedProcess> {
  const { ingestUrl, analyticsUrl } = options.target;
  const urls = ['--ingest-url', ingestUrl, '--analytics-url', analyticsUrl];
  const args = ['simulate', ...urls, '--prefix=', '--history', history, '--duration', 'forever'];
  return SupervisedProcess.start({
    name: 'The simulated fleet',
    spec: {
      entry: options.supervisorEntry,
      args: [process.execPath, options.program, ...args],
      output: { file: options.logFile },
      environment: childEnvironment(options),
    },
    probe: () => Promise.resolve(),
    readyTimeoutMs: 5_000,
    stopGraceMs,
    restartDelayMs: 1_000,
    clock: options.clock,
    onEvent: options.onEvent,
  });
}

/** A replay that runs. */
export interface RunningReplay {
  /** Its exit code; 1 when a signal ended it. */
  readonly ended: Promise<number>;
  stop(): Promise<void>;
}

/** Runs a replay once; it writes to the terminal itself. */
export function startReplay(
  options: SimulatorOptions & { readonly args: readonly string[]; readonly cwd: string },
): RunningReplay {
  const { ingestUrl, analyticsUrl, statusUrl } = options.target;
  const urls = ['--ingest-url', ingestUrl, '--analytics-url', analyticsUrl, '--status-url', statusUrl];
  const started: StartedProcess = startProcess(
    {
      entry: options.supervisorEntry,
      args: [process.execPath, options.program, 'replay', ...urls, ...options.args],
      cwd: options.cwd,
      output: 'inherit',
      environment: childEnvironment(options),
    },
    new OutputTail(),
  );
  return {
    ended: started.ended.then(async () => {
      await started.stop(0);
      return started.exitCode() ?? 1;
    }),
    stop: () => started.stop(stopGraceMs),
  };
}

function childEnvironment({ environment, target }: SimulatorOptions): Record<string, string> {
  const inherited = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined || name === 'NODE_OPTIONS' ? [] : [[name, value] as const],
  );
  return { ...Object.fromEntries(inherited), WEIR_TOKEN: target.token };
}
