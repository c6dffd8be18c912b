export { METRIC, type MetricName } from '@weir/metric-names';
export { createObservability, currentTraceHeader, instrument, type Observability } from './observability.js';
