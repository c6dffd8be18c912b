export { METRIC, type MetricName } from './metric-names.js';
export { createObservability, currentTraceHeader, instrument, type Observability } from './observability.js';
