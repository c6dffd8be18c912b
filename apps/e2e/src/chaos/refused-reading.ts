import type { SeededRandom } from './seeded-random.js';
import type { Item } from './traffic.js';

const TIMESTAMP = '2026-01-01T00:00:00Z';
const FAR_FUTURE = '2999-01-01T00:00:00Z';

/** One reading for each way in which a single reading can be refused, by the code of the refusal. */
const REFUSED: Readonly<Record<string, (deviceId: string) => unknown>> = {
  invalid_reading: () => 'a reading',
  invalid_device_id: () => ({ deviceId: 'no spaces', timestamp: TIMESTAMP, metrics: { flow: 1 } }),
  invalid_timestamp: (deviceId) => ({ deviceId, timestamp: 'yesterday', metrics: { flow: 1 } }),
  timestamp_too_old: (deviceId) => ({ deviceId, timestamp: '1999-12-31T23:59:59Z', metrics: { flow: 1 } }),
  timestamp_in_future: (deviceId) => ({ deviceId, timestamp: FAR_FUTURE, metrics: { flow: 1 } }),
  invalid_metrics: (deviceId) => ({ deviceId, timestamp: TIMESTAMP, metrics: {} }),
  too_many_metrics: (deviceId) => ({ deviceId, timestamp: TIMESTAMP, metrics: manyMetrics() }),
  invalid_metric_name: (deviceId) => ({ deviceId, timestamp: TIMESTAMP, metrics: { 'a b': 1 } }),
  invalid_metric_value: (deviceId) => ({ deviceId, timestamp: TIMESTAMP, metrics: { flow: '1' } }),
  invalid_revision: (deviceId) => ({ deviceId, timestamp: TIMESTAMP, metrics: { flow: 1 }, revision: -1 }),
  unknown_field: (deviceId) => ({ deviceId, timestamp: TIMESTAMP, metrics: { flow: 1 }, site: 's' }),
};

/** A reading that can never be accepted, with the code by which it must be refused. */
export function refusedReading(deviceId: string, random: SeededRandom): Item {
  const [refusal, wire] = random.pick(Object.entries(REFUSED));
  return { wire: wire(deviceId), refusal };
}

function manyMetrics(): Record<string, number> {
  return Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`m${index}`, index]));
}
