/** The columns of an envelope as it is archived, in DuckDB's types. */
const ENVELOPE_COLUMNS = `{
  version: 'INTEGER',
  receivedAt: 'BIGINT',
  requestId: 'VARCHAR',
  trace: 'VARCHAR',
  readings: 'STRUCT(deviceId VARCHAR, "timestamp" BIGINT, metrics MAP(VARCHAR, DOUBLE), revision BIGINT)[]'
}`;

/** The hour of arrival in the path of an archived object. */
const ARRIVAL_HOUR = String.raw`regexp_extract(filename, 'envelopes/(\d{4}/\d\d/\d\d/\d\d)/', 1)`;

/**
 * `envelopes`: the archive as it stands, one row an envelope; times in epoch milliseconds; `arrival_hour` is yyyy/MM/dd/HH in
 * UTC. What was delivered or replayed more than once is there more than once.
 *
 * @param files paths of gzip-compressed or plain NDJSON, at least one
 */
export function envelopesView(files: readonly string[]): string {
  const list = files.map((file) => `'${file.replaceAll("'", "''")}'`).join(', ');
  return `CREATE VIEW envelopes AS
SELECT row_number() OVER () AS line, version, receivedAt, requestId, trace, readings, ${ARRIVAL_HOUR} AS arrival_hour
FROM read_ndjson([${list}], columns = ${ENVELOPE_COLUMNS}, compression = 'auto_detect', filename = true)`;
}

/** `points`: every point as often as it arrived; `position` counts the readings of its envelope from 1. */
export const POINTS_VIEW = `CREATE VIEW points AS
WITH readings AS (
  SELECT line, receivedAt, requestId, arrival_hour, unnest(readings) AS reading,
    generate_subscripts(readings, 1) AS position
  FROM envelopes
), entries AS (
  SELECT *, unnest(map_entries(reading.metrics)) AS entry FROM readings
)
SELECT reading.deviceId AS device_id, reading."timestamp" AS timestamp_ms, entry.key AS metric, entry.value AS value,
  coalesce(reading.revision, 0) AS revision, receivedAt AS received_at_ms, requestId AS request_id, position,
  arrival_hour, line
FROM entries`;

/**
 * `distinct_points`: of each point, which is a device, an instant and a metric, the one that counts: of the highest
 * revision, then received first, then the smallest. Within an envelope the first of one revision stands for the others,
 * whatever their values.
 */
export const DISTINCT_POINTS_VIEW = `CREATE VIEW distinct_points AS
WITH firsts AS (
  SELECT device_id, timestamp_ms, metric, revision, received_at_ms, arg_min(value, position) AS value
  FROM points
  GROUP BY line, device_id, timestamp_ms, metric, revision, received_at_ms
)
SELECT device_id, timestamp_ms, metric, value, revision, received_at_ms
FROM firsts
QUALIFY row_number() OVER (
  PARTITION BY device_id, timestamp_ms, metric ORDER BY revision DESC, received_at_ms, value
) = 1`;
