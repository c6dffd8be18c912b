-- Every point as often as it arrived. A condition on arrival_hour (yyyy/MM/dd/HH, UTC) bounds what is read.
SELECT
  reading.device_id,
  reading.timestamp_ms,
  metric.name AS metric,
  metric.value,
  COALESCE(reading.revision, 0) AS revision,
  envelope.receivedat AS received_at_ms,
  envelope.requestid AS request_id,
  reading.position,
  envelope.arrival_hour
FROM envelopes AS envelope
CROSS JOIN UNNEST(envelope.readings)
  WITH ORDINALITY AS reading (device_id, timestamp_ms, metrics, revision, position)
CROSS JOIN UNNEST(reading.metrics) AS metric (name, value)
