import { median } from '../median.js';

/** A piece of work, done once; whatever it needs has been made before. */
export type Work = () => unknown;

/** CPU time of each piece of work in each turn, in microseconds. */
export type CpuTimes<Name extends string> = Readonly<Record<Name, readonly number[]>>;

export interface Turns {
  /** Turns that count. */
  readonly counted: number;
  /** Turns before, in which the engine learns what it compiles. */
  readonly warmUp: number;
}

/**
 * Measures pieces of work by turns, so that all see the same load of the machine. CPU time is the process' own, its
 * threads included.
 *
 * @param prepare makes the work of a turn, unmeasured
 */
export async function cpuByTurns<Name extends string>(
  { counted, warmUp }: Turns,
  prepare: (turn: number) => Promise<Readonly<Record<Name, Work>>> | Readonly<Record<Name, Work>>,
): Promise<CpuTimes<Name>> {
  const times: Partial<Record<Name, number[]>> = {};
  for (let turn = 0; turn < warmUp + counted; turn += 1) {
    const works = Object.entries(await prepare(turn)) as [Name, Work][];
    // Each begins in its turn, so that none always follows the same one.
    const first = turn % works.length;
    for (const [name, work] of [...works.slice(first), ...works.slice(0, first)]) {
      const before = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(before);
      if (turn >= warmUp) (times[name] ??= []).push(user + system);
    }
  }
  return times as CpuTimes<Name>;
}

/** The median over the turns of what `ratio` makes of each turn's times. */
export function medianOfTurns<Name extends string>(
  times: CpuTimes<Name>,
  ratio: (turn: Readonly<Record<Name, number>>) => number,
): number {
  const names = Object.keys(times) as Name[];
  const turns = times[names[0] as Name].map((_, turn) =>
    ratio(Object.fromEntries(names.map((name) => [name, times[name][turn]])) as Record<Name, number>),
  );
  return median(turns);
}
