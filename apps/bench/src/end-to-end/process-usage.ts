import { readFileSync } from 'node:fs';

/** What one process of a running pipeline uses. */
export interface ProcessUsage {
  readonly pid: number;
  /** What it is for: `runtime`, the name of an engine or of a function. */
  readonly role: string;
  readonly residentBytes: number;
  /** Processor time since it started, in seconds. */
  readonly cpuSeconds: number;
}

interface Status {
  readonly pid: number;
  readonly functions: readonly { readonly name: string; readonly workerPids: readonly number[] }[];
  readonly engines: Readonly<Record<string, { readonly pids: readonly number[] }>>;
}

/** Linux counts processor time in hundredths of a second, and memory in pages. */
const ticksPerSecond = 100;
const pageBytes = 4_096;

/** Looks at the runtime, its engines and its workers. Needs Linux, whose `/proc` shows both. */
export async function readUsage(infoUrl: string): Promise<ProcessUsage[]> {
  const status = (await (await fetch(`${infoUrl}/status`)).json()) as Status;
  const roles = new Map<number, string>();
  for (const { name, workerPids } of status.functions) for (const pid of workerPids) roles.set(pid, name);
  for (const [name, { pids }] of Object.entries(status.engines)) for (const pid of pids) roles.set(pid, name);
  // An engine within the runtime is part of it.
  roles.set(status.pid, 'runtime');
  return [...roles].flatMap(([pid, role]) => usageOf(pid, role) ?? []);
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function usageOf(pid: number, role: string): ProcessUsage | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined; // It has ended in between.
  }
  // The name in parentheses may hold spaces; the third field follows it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  return {
    pid,
    role,
    residentBytes: field(24) * pageBytes,
    cpuSeconds: (field(14) + field(15)) / ticksPerSecond,
  };
}
