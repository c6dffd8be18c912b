-- The hours of one device, each point once, before the registry's conversions. Parameters: the device's id, and the
-- beginning and the end in epoch milliseconds.
SELECT
  metric,
  FROM_UNIXTIME((timestamp_ms - timestamp_ms % 3600000) / 1000) AS hour,
  COUNT(*) AS "count",
  AVG(value) AS "avg",
  MIN(value) AS "min",
  MAX(value) AS "max"
FROM distinct_points
WHERE device_id = ? AND timestamp_ms >= ? AND timestamp_ms < ?
GROUP BY metric, timestamp_ms - timestamp_ms % 3600000
ORDER BY metric, hour
