import { poll } from './polling.js';
import type { LocalRuntime, MetricSum, RuntimeState } from './local-runtime.js';

/** What has gone through the pipeline since the runtime started; units as the names say. */
export interface PipelineTotals {
  readingsAccepted: number;
  readingsRejected: number;
  pointsStored: number;
  pointsDuplicate: number;
  pointsSuperseded: number;
  pointsQuarantined: number;
  recordsQuarantined: number;
  writeUnits: number;
  writeConflicts: number;
  /** Sum and number of the batches' freshness values, of which a mean over any interval can be made. */
  freshnessSumMs: number;
  freshnessCount: number;
}

/** The names that the functions emit in the namespace `Weir`. */
const METRIC_OF = {
  readingsAccepted: 'ReadingsAccepted',
  readingsRejected: 'ReadingsRejected',
  pointsStored: 'PointsStored',
  pointsDuplicate: 'PointsDuplicate',
  pointsSuperseded: 'PointsSuperseded',
  pointsQuarantined: 'PointsQuarantined',
  recordsQuarantined: 'RecordsQuarantined',
  writeUnits: 'WriteUnits',
  writeConflicts: 'WriteConflicts',
} as const satisfies Partial<Record<keyof PipelineTotals, string>>;

/**
 * Sums the metrics over all their dimensions; what was not emitted yet is 0. What changes of the registry cost is no part of
 * the way of a reading.
 */
export function pipelineTotals(metrics: readonly MetricSum[]): PipelineTotals {
  const own = metrics.filter(({ namespace }) => namespace === 'Weir');
  const total = (name: string, part: 'sum' | 'count' = 'sum'): number =>
    own
      .filter((metric) => metric.name === name && metric.dimensions['service'] !== 'analytics-fn')
      .reduce((sum, metric) => sum + metric[part], 0);
  const sums = Object.entries(METRIC_OF).map(([key, name]) => [key, total(name)] as const);
  return {
    ...(Object.fromEntries(sums) as Record<keyof typeof METRIC_OF, number>),
    freshnessSumMs: total('Freshness'),
    freshnessCount: total('Freshness', 'count'),
  };
}

export interface PipelineSample {
  timeMs: number;
  totals: PipelineTotals;
  state: RuntimeState;
}

/** What happened between two samples; null where nothing did that could be told of. */
export interface PipelineRates {
  readingsPerSecond: number;
  storedPerSecond: number;
  duplicatesPerSecond: number;
  /** Mean over the batches of the interval. */
  freshnessMs: number | null;
  writeUnitsPerReading: number | null;
}

export function ratesBetween(earlier: PipelineSample, later: PipelineSample): PipelineRates {
  const seconds = Math.max(0.001, (later.timeMs - earlier.timeMs) / 1_000);
  const grown = (name: keyof PipelineTotals): number => later.totals[name] - earlier.totals[name];
  const batches = grown('freshnessCount');
  const readings = grown('readingsAccepted');
  return {
    readingsPerSecond: readings / seconds,
    storedPerSecond: grown('pointsStored') / seconds,
    duplicatesPerSecond: grown('pointsDuplicate') / seconds,
    freshnessMs: batches > 0 ? grown('freshnessSumMs') / batches : null,
    writeUnitsPerReading: readings > 0 ? grown('writeUnits') / readings : null,
  };
}

const SAMPLES_MAX = 900;

/** The samples of the last while. A runtime that was started anew counts from 0 again, so what was before is forgotten. */
export class PipelineHistory {
  private samples: PipelineSample[] = [];
  private readonly listeners = new Set<() => void>();
  private lastFailed = false;

  add(sample: PipelineSample): void {
    const last = this.samples.at(-1);
    const restarted = last !== undefined && sample.totals.readingsAccepted < last.totals.readingsAccepted;
    this.samples = [...(restarted ? [] : this.samples), sample].slice(-SAMPLES_MAX);
    this.changed(false);
  }

  /** No sample could be taken. */
  fail(): void {
    this.changed(true);
  }

  /** Whether the last attempt to take a sample failed. */
  get failed(): boolean {
    return this.lastFailed;
  }

  /** Calls a listener after every attempt until the signal is aborted. */
  onChange(listener: () => void, signal: AbortSignal): void {
    this.listeners.add(listener);
    signal.addEventListener('abort', () => this.listeners.delete(listener));
  }

  private changed(failed: boolean): void {
    this.lastFailed = failed;
    for (const listener of this.listeners) listener();
  }

  list(): readonly PipelineSample[] {
    return this.samples;
  }
}

const INTERVAL_MS = 2_000;

/** Takes samples as long as the page is open, so that the view has something to show at once. */
export function watchPipeline(runtime: LocalRuntime, history: PipelineHistory, clock: () => number): void {
  const { signal } = new AbortController();
  poll(
    async () => {
      try {
        const [metrics, state] = await Promise.all([runtime.metrics(signal), runtime.state(signal)]);
        history.add({ timeMs: clock(), totals: pipelineTotals(metrics), state });
      } catch {
        history.fail();
      }
    },
    INTERVAL_MS,
    signal,
  );
}
