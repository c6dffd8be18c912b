import type { MeterReading } from '../metering/meter-reading.js';

/** What one design took for one workload. */
export interface MeasuredCost {
  readonly design: string;
  /** Distinct readings of the measured hours. */
  readonly readings: number;
  readonly meter: MeterReading;
  /** Of the process that runs the design, in microseconds. */
  readonly cpuMicros: number;
  /** As DynamoDB bills items, names included, its overhead of 100 bytes an item included; after warm-up and all deliveries. */
  readonly storedBytes: number;
  readonly items: number;
  /** {@link import('./oracle.js').countError} */
  readonly countError: number;
}
