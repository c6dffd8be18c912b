/** A query that is kept under a name. Its parameters stand in the SQL as `$name`, and all of them have to be given. */
export interface NamedQuery {
  readonly name: string;
  readonly purpose: string;
  readonly parameters: readonly string[];
  readonly sql: string;
}

/** The same names and columns as the named queries of the Athena workgroup. */
export const NAMED_QUERIES: readonly NamedQuery[] = [
  {
    name: 'hourly_averages',
    purpose: 'count, average, least and greatest of one metric of one device, by UTC hour',
    parameters: ['device', 'metric'],
    sql: `SELECT date_trunc('hour', ts) AS hour, count(*) AS count, avg(value) AS avg, min(value) AS min, max(value) AS max
FROM distinct_points
WHERE device_id = $device AND metric = $metric
GROUP BY hour
ORDER BY hour`,
  },
  {
    name: 'silent_devices',
    purpose: 'devices whose newest reading is more than an hour older than the newest of all',
    parameters: [],
    sql: `SELECT device_id, max(ts) AS last_ts, max(received_at) AS last_received_at
FROM distinct_points
GROUP BY device_id
HAVING max(ts) < (SELECT max(ts) FROM distinct_points) - INTERVAL 1 HOUR
ORDER BY last_ts`,
  },
  {
    name: 'device_volume',
    purpose: 'readings and points of each device, by UTC day',
    parameters: [],
    sql: `SELECT date_trunc('day', ts) AS day, device_id, count(DISTINCT ts) AS readings, count(*) AS points
FROM distinct_points
GROUP BY day, device_id
ORDER BY day, points DESC, device_id`,
  },
];
