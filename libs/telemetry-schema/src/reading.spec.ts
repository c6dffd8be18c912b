import { parseReading } from './reading.js';

const NOW_MS = Date.UTC(2026, 10, 1, 12);

function makeReading(overrides: object = {}): Record<string, unknown> {
  return {
    deviceId: 'boiler-1',
    timestamp: '2026-11-01T11:59:00Z',
    metrics: { temperature: 71.5 },
    ...overrides,
  };
}

describe('parseReading', () => {
  it('takes what the contract allows, the timestamp in epoch milliseconds', () => {
    expect(parseReading(makeReading({ revision: 2 }), 0, NOW_MS)).toEqual({
      ok: true,
      reading: {
        deviceId: 'boiler-1',
        timestamp: Date.UTC(2026, 10, 1, 11, 59),
        metrics: { temperature: 71.5 },
        revision: 2,
      },
    });
    expect(parseReading(makeReading({ timestamp: NOW_MS + 300_000 }), 0, NOW_MS).ok).toBe(true);
    expect(parseReading(makeReading({ timestamp: 946684800000 }), 0, NOW_MS).ok).toBe(true);
    expect(parseReading(makeReading({ metrics: { __proto__x: 1, constructor: -0.5 } }), 0, NOW_MS).ok).toBe(
      true,
    );
  });

  it.each([
    [null, 'invalid_reading', 'must be object'],
    [[], 'invalid_reading', 'must be object'],
    [makeReading({ deviceId: undefined }), 'invalid_device_id', '/deviceId is missing'],
    [makeReading({ deviceId: 'a b' }), 'invalid_device_id', '/deviceId must match pattern'],
    [makeReading({ deviceId: 'x'.repeat(129) }), 'invalid_device_id', '/deviceId must match pattern'],
    [makeReading({ deviceId: 5 }), 'invalid_device_id', '/deviceId must be string'],
    [makeReading({ timestamp: undefined }), 'invalid_timestamp', '/timestamp is missing'],
    [makeReading({ timestamp: '2026-11-01 11:59:00' }), 'invalid_timestamp', 'with zone'],
    [makeReading({ timestamp: true }), 'invalid_timestamp', 'epoch milliseconds'],
    [makeReading({ timestamp: 1.5 }), 'invalid_timestamp', 'epoch milliseconds'],
    [makeReading({ timestamp: 946684799999 }), 'timestamp_too_old', 'before 2000-01-01'],
    [makeReading({ timestamp: '1999-12-31T23:59:59Z' }), 'timestamp_too_old', 'before 2000-01-01'],
    [makeReading({ timestamp: NOW_MS + 300_001 }), 'timestamp_in_future', 'more than 5 minutes'],
    [makeReading({ metrics: undefined }), 'invalid_metrics', '/metrics is missing'],
    [makeReading({ metrics: {} }), 'invalid_metrics', 'fewer than 1'],
    [makeReading({ metrics: [1] }), 'invalid_metrics', '/metrics must be object'],
    [
      makeReading({ metrics: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`m${i}`, i])) }),
      'too_many_metrics',
      'more than 64',
    ],
    [makeReading({ metrics: { 'two words': 1 } }), 'invalid_metric_name', '"two words"'],
    [makeReading({ metrics: { t: '1' } }), 'invalid_metric_value', '/metrics/t must be a finite number'],
    [makeReading({ metrics: { t: null } }), 'invalid_metric_value', '/metrics/t'],
    [makeReading({ metrics: { t: Infinity } }), 'invalid_metric_value', '/metrics/t'],
    [makeReading({ revision: -1 }), 'invalid_revision', '/revision must be >= 0'],
    [makeReading({ revision: 0.5 }), 'invalid_revision', '/revision'],
    [makeReading({ colour: 'red' }), 'unknown_field', '"colour"'],
  ])('rejects %#: %j as %s', (value, code, words) => {
    const parsed = parseReading(JSON.parse(JSON.stringify(value)), 7, NOW_MS);
    expect(parsed).toEqual({
      ok: false,
      rejection: { index: 7, code, detail: expect.stringContaining(words) },
    });
    expect(parsed.ok ? '' : parsed.rejection.detail).toMatch(/^\/readings\/7/);
  });

  it('rejects a number that only JSON can spell', () => {
    const value: unknown = JSON.parse('{"deviceId":"a","timestamp":1e12,"metrics":{"t":1e999}}');
    expect(parseReading(value, 0, NOW_MS)).toMatchObject({ rejection: { code: 'invalid_metric_value' } });
  });

  it('keeps a metric that is named like an object property', () => {
    const value: unknown = JSON.parse('{"deviceId":"a","timestamp":1e12,"metrics":{"__proto__":1}}');
    const parsed = parseReading(value, 0, NOW_MS);
    expect(parsed.ok && Object.entries(parsed.reading.metrics)).toEqual([['__proto__', 1]]);
  });
});
