/** The columns of an envelope as it is archived, in DuckDB's types. */
const ENVELOPE_COLUMNS = `{
  version: 'INTEGER',
  receivedAt: 'BIGINT',
  requestId: 'VARCHAR',
  trace: 'VARCHAR',
  readings: 'STRUCT(deviceId VARCHAR, "timestamp" BIGINT, metrics MAP(VARCHAR, DOUBLE), revision BIGINT)[]'
}`;

/**
 * `envelopes`: the archive as it stands, one row an envelope; times in epoch milliseconds. What was delivered or replayed
 * more than once is there more than once.
 *
 * @param files paths of gzip-compressed or plain NDJSON, at least one
 */
export function envelopesView(files: readonly string[]): string {
  const list = files.map((file) => `'${file.replaceAll("'", "''")}'`).join(', ');
  return `CREATE VIEW envelopes AS
SELECT version, receivedAt, requestId, trace, readings
FROM read_ndjson([${list}], columns = ${ENVELOPE_COLUMNS}, compression = 'auto_detect')`;
}

/**
 * `distinct_points`: of each point, which is a device, an instant and a metric, the one that counts: of the highest
 * revision, then received first, then the smallest. Within an envelope the first of one revision stands for the others,
 * whatever their values.
 */
export const DISTINCT_POINTS_VIEW = `CREATE VIEW distinct_points AS
WITH numbered AS (
  SELECT row_number() OVER () AS envelope, receivedAt, readings FROM envelopes
), readings AS (
  SELECT envelope, receivedAt, unnest(readings) AS reading, generate_subscripts(readings, 1) AS position FROM numbered
), points AS (
  SELECT envelope, position, receivedAt AS received_ms, reading.deviceId AS device_id,
    reading."timestamp" AS measured_ms, coalesce(reading.revision, 0) AS revision,
    unnest(map_entries(reading.metrics)) AS entry
  FROM readings
), firsts AS (
  SELECT device_id, measured_ms, entry.key AS metric, revision, received_ms,
    arg_min(entry.value, position) AS value
  FROM points
  GROUP BY envelope, device_id, measured_ms, metric, revision, received_ms
)
SELECT device_id, epoch_ms(measured_ms) AS ts, metric, value, revision, epoch_ms(received_ms) AS received_at
FROM firsts
QUALIFY row_number() OVER (
  PARTITION BY device_id, measured_ms, metric ORDER BY revision DESC, received_ms, value
) = 1`;
