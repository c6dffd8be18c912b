import type { StreamLag } from './stream-lag.js';

/** Where the progress of a replay is shown. */
export interface ProgressOutput {
  write(text: string): void;
  /** True on a terminal: one line that is written over and over. Otherwise a line every few seconds. */
  rewrites: boolean;
}

/** Counts what a replay has done and shows it. */
export interface Progress {
  /** More readings have an answer. */
  settled(count: number): void;
  /** So many readings of a group are not known to be queryable yet. */
  missing(groupName: string, count: number): void;
  /** Shows where things are, if it is time to. */
  show(lag: StreamLag | undefined): void;
  /** Writes a line that stays, between two states of the progress. */
  line(text: string): void;
  /** Leaves the cursor at the start of a line. */
  end(): void;
}

const LINE_EVERY_MS = 5000;

/** Shows a replay of `totalReadings` readings. */
export function createProgress(totalReadings: number, output: ProgressOutput, clock: () => number): Progress {
  const startMs = clock();
  const missing = new Map<string, number>();
  let settled = 0;
  let settledAtMs = startMs;
  let shownAtMs = startMs;
  let lineIsOpen = false;

  const state = (lag: StreamLag | undefined): string => {
    const seconds = Math.max(0.001, (settledAtMs - startMs) / 1000);
    const percent = Math.floor((100 * settled) / totalReadings);
    const parts = [
      `${settled} of ${totalReadings} readings (${percent} %)`,
      `${Math.round(settled / seconds)} readings/s`,
    ];
    if (lag !== undefined)
      parts.push(`lag ${lag.records} records, ${(lag.iteratorAgeMs / 1000).toFixed(1)} s`);
    const missingInAll = [...missing.values()].reduce((sum, count) => sum + count, 0);
    if (missingInAll > 0) parts.push(`waiting for ${missingInAll} to be queryable`);
    return parts.join(', ');
  };
  const closeLine = (): void => {
    if (lineIsOpen) output.write('\r\u001b[K');
    lineIsOpen = false;
  };
  return {
    settled: (count) => {
      settled += count;
      settledAtMs = clock();
    },
    missing: (groupName, count) => missing.set(groupName, count),
    show: (lag) => {
      if (output.rewrites) {
        output.write(`\r${state(lag)}\u001b[K`);
        lineIsOpen = true;
      } else if (clock() - shownAtMs >= LINE_EVERY_MS) {
        shownAtMs = clock();
        output.write(`${state(lag)}\n`);
      }
    },
    line: (text) => {
      closeLine();
      output.write(`${text}\n`);
    },
    end: closeLine,
  };
}
