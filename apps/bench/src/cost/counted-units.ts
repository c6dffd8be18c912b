import counted from './counted-units.json' with { type: 'json' };

/** What process-fn takes to store, a device at a time; every block holds 60 readings. */
export interface StoringUnits {
  readonly blockMinutes: number;
  readonly metrics: number;
  /** Of a device's batch, whatever it brings. */
  readonly writeUnitsABatch: number;
  /** Of asking which devices' registry entries have changed: each container does, once in a registry cache's age. */
  readonly readUnitsAPoll: number;
  /** Of a block, with its seal and all rollups. */
  readonly writeUnitsABlock: number;
  readonly readUnitsABlock: number;
  /** As DynamoDB bills items, by the reading, for as long as blocks are kept. */
  readonly storedBytesAReading: number;
}

/** A function's CPU time: of an invocation, and more for each device's batch and each reading in it. */
export interface CpuMicros {
  readonly anInvocation: number;
  readonly aDevice: number;
  readonly aReading: number;
}

/** What the benchmark has counted of Weir and the other designs, for the cost model to reckon with. */
export interface CountedUnits {
  /** Such as `2026-01-31`. */
  readonly date: string;
  readonly storing: readonly StoringUnits[];
  /** Bytes of an envelope on the stream: of itself, and more for each reading and each of its metrics. */
  readonly envelopeBytes: { readonly itself: number; readonly aReading: number; readonly aMetric: number };
  /** Of ingest-fn's answer, without headers. */
  readonly answerBytes: number;
  readonly logBytes: { readonly aRequest: number; readonly aBatch: number };
  readonly cpuMicros: { readonly ingest: CpuMicros; readonly process: CpuMicros };
}

/** As the benchmark has last written them, beside the model. */
export const COUNTED_UNITS: CountedUnits = counted;
