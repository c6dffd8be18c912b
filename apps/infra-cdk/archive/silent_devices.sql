-- Devices that sent something within the last day, but nothing within the last hour; the longest silence first.
SELECT
  device_id,
  FROM_UNIXTIME(MAX(received_at_ms) / 1000) AS last_received_at,
  FROM_UNIXTIME(MAX(timestamp_ms) / 1000) AS last_reading_at
FROM points
WHERE arrival_hour >= DATE_FORMAT(CURRENT_TIMESTAMP AT TIME ZONE 'UTC' - INTERVAL '1' DAY, '%Y/%m/%d/%H')
GROUP BY device_id
HAVING MAX(received_at_ms) < (TO_UNIXTIME(CURRENT_TIMESTAMP) - 3600) * 1000
ORDER BY last_received_at
