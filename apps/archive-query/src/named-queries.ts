/** A query that is kept under a name. Its parameters stand in the SQL as `$name`, and all of them have to be given. */
export interface NamedQuery {
  readonly name: string;
  readonly purpose: string;
  readonly parameters: readonly string[];
  readonly sql: string;
}

/** The names and columns are those of the named queries on Athena (`apps/infra-cdk/archive`). */
export const NAMED_QUERIES: readonly NamedQuery[] = [
  {
    name: 'hourly_averages',
    purpose: 'the UTC hours of one device, each point once; from and to in RFC 3339',
    parameters: ['device', 'from', 'to'],
    sql: `SELECT metric, date_trunc('hour', epoch_ms(timestamp_ms)) AS hour,
  count(*) AS count, avg(value) AS avg, min(value) AS min, max(value) AS max
FROM distinct_points
WHERE device_id = $device
  AND timestamp_ms >= epoch_ms(CAST($from AS TIMESTAMPTZ)) AND timestamp_ms < epoch_ms(CAST($to AS TIMESTAMPTZ))
GROUP BY metric, hour
ORDER BY metric, hour`,
  },
  {
    name: 'silent_devices',
    purpose: 'devices that sent something within the last day, but nothing within the last hour',
    parameters: [],
    sql: `SELECT device_id, epoch_ms(max(received_at_ms)) AS last_received_at, epoch_ms(max(timestamp_ms)) AS last_reading_at
FROM points
GROUP BY device_id
HAVING max(received_at_ms) BETWEEN epoch_ms(now()) - 86400000 AND epoch_ms(now()) - 3600000
ORDER BY last_received_at`,
  },
  {
    name: 'daily_volume',
    purpose: 'what each device sent on each day of arrival since a day (2026/11/01), repeats included',
    parameters: ['day'],
    sql: `SELECT left(arrival_hour, 10) AS arrival_day, device_id,
  count(DISTINCT (request_id, received_at_ms, position)) AS readings, count(*) AS points,
  count(DISTINCT (timestamp_ms, metric)) AS distinct_points
FROM points
WHERE arrival_hour >= $day
GROUP BY arrival_day, device_id
ORDER BY arrival_day, points DESC`,
  },
];
