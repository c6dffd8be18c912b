export { METRIC, METRIC_NAMESPACE, type MetricName } from './metric-names.js';
