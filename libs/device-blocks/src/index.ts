export { cleanseReading, type CleansedReading, type RejectedMetric } from './cleanse-reading.js';
export {
  groupReadings,
  type DevicePart,
  type GroupedReadings,
  type RejectedReadings,
  type SlotReadings,
} from './group-readings.js';
export { mapBounded } from './map-bounded.js';
export { foldDay, foldHours, groupByDay, propagateBlocks, type Propagation } from './propagate-blocks.js';
