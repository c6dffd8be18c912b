-- Every point once, with the value that counts: the highest revision, then the one received first, then the smaller.
-- Within one envelope the first occurrence counts. Repeats may have arrived at any time, so this reads the whole archive.
SELECT device_id, timestamp_ms, metric, value, revision, received_at_ms
FROM (
  SELECT
    device_id, timestamp_ms, metric, value, revision, received_at_ms,
    ROW_NUMBER() OVER (
      PARTITION BY device_id, timestamp_ms, metric
      ORDER BY revision DESC, received_at_ms, value
    ) AS place
  FROM (
    SELECT
      device_id, timestamp_ms, metric, value, revision, received_at_ms,
      ROW_NUMBER() OVER (
        PARTITION BY device_id, timestamp_ms, metric, received_at_ms, request_id
        ORDER BY revision DESC, position
      ) AS place_in_envelope
    FROM points
  ) AS occurrences
  WHERE place_in_envelope = 1
) AS candidates
WHERE place = 1
