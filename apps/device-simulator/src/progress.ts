import type { DeliveryMeter } from './delivery-meter.js';
import { createStatusLine } from './status-line.js';
import type { StatusOutput } from './status-line.js';
import type { StreamLag } from './stream-lag.js';

/** Shows how far a replay is. */
export interface Progress {
  /** So many readings of a group are not known to be queryable yet. */
  missing(groupName: string, count: number): void;
  /** Shows where things are, if it is time to. */
  show(lag: StreamLag | undefined): void;
  /** Writes a line that stays, between two states of the progress. */
  line(text: string): void;
  /** Leaves the cursor at the start of a line. */
  end(): void;
}

/** Shows a replay of `totalReadings` readings, which the meter counts. */
export function createProgress(
  totalReadings: number,
  meter: Pick<DeliveryMeter, 'counts' | 'text'>,
  output: StatusOutput,
  clock: () => number,
): Progress {
  const missing = new Map<string, number>();
  let lag: StreamLag | undefined;
  const state = (): string => {
    const { settled } = meter.counts();
    const percent = Math.floor((100 * settled) / totalReadings);
    const parts = [`${settled} of ${totalReadings} readings (${percent} %)`, meter.text()];
    if (lag !== undefined)
      parts.push(`lag ${lag.records} records, ${(lag.iteratorAgeMs / 1000).toFixed(1)} s`);
    const missingInAll = [...missing.values()].reduce((sum, count) => sum + count, 0);
    if (missingInAll > 0) parts.push(`waiting for ${missingInAll} to be queryable`);
    return parts.join(', ');
  };
  const { show, line, end } = createStatusLine(state, output, clock);
  return {
    missing: (groupName, count) => missing.set(groupName, count),
    show: (latestLag) => {
      lag = latestLag;
      show();
    },
    line,
    end,
  };
}
