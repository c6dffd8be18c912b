-- What each device sent on each day of arrival, repeats included, the most first. Parameter: the first day, such as 2026/11/01.
SELECT
  SUBSTR(arrival_hour, 1, 10) AS arrival_day,
  device_id,
  COUNT(DISTINCT ROW(request_id, received_at_ms, position)) AS readings,
  COUNT(*) AS points,
  COUNT(DISTINCT ROW(timestamp_ms, metric)) AS distinct_points
FROM points
WHERE arrival_hour >= ?
GROUP BY SUBSTR(arrival_hour, 1, 10), device_id
ORDER BY arrival_day, points DESC
