import { requestsOf, type MeterReading } from '../metering/meter-reading.js';

/** What one design took for one workload, or for the stages of it so far. */
export interface MeasuredCost {
  readonly design: string;
  /** Distinct readings of the measured hours. */
  readonly readings: number;
  readonly meter: MeterReading;
  /** Of the process that runs the design, in microseconds; of several runs the median. */
  readonly cpuMicros: number;
  /** As DynamoDB bills items, names included, its overhead of 100 bytes an item included; after warm-up and all deliveries. */
  readonly storedBytes: number;
  readonly items: number;
  /** {@link import('./oracle.js').countError} */
  readonly countError: number;
}

/** What is counted, by the reading. */
export interface CountedUnits {
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly requests: number;
  readonly storedBytes: number;
  readonly countError: number;
}

/** The counts of a cost, which are the same in every run. */
export function countedUnits({ readings, meter, storedBytes, countError }: MeasuredCost): CountedUnits {
  return {
    writeUnits: meter.writeUnits / readings,
    readUnits: meter.readUnits / readings,
    requests: requestsOf(meter) / readings,
    storedBytes: storedBytes / readings,
    countError,
  };
}
