import { gunzipSync } from 'node:zlib';
import type { PackedEnvelope } from '@weir/envelope-stream';
import { decodeEnvelope } from '@weir/telemetry-schema';
import { acceptTelemetry, type TelemetryRequest } from './accept-telemetry.js';

const NOW_MS = Date.UTC(2026, 10, 1, 12);

function makeRequest(readings: unknown[], overrides: Partial<TelemetryRequest> = {}): TelemetryRequest {
  return {
    requestId: 'r1',
    readings,
    receivedAtMs: NOW_MS,
    deviceGroups: 16,
    deadlineMs: NOW_MS + 1000,
    mayWrite: () => true,
    ...overrides,
  };
}

function collector() {
  const published: PackedEnvelope[] = [];
  return {
    publish: async (envelopes: readonly PackedEnvelope[]) => {
      published.push(...envelopes);
      return { failed: 0, retries: 0 };
    },
    readings: () => published.flatMap(({ data }) => decodeEnvelope(gunzipSync(data).toString()).readings),
  };
}

describe('acceptTelemetry', () => {
  it('publishes what is acceptable and names the rest by index', async () => {
    const stream = collector();
    const outcome = await acceptTelemetry(
      makeRequest([
        { deviceId: 'a', timestamp: '2026-11-01T11:00:00+01:00', metrics: { t: 1 } },
        { deviceId: 'a b', timestamp: NOW_MS, metrics: { t: 1 } },
        { deviceId: 'b', timestamp: NOW_MS, metrics: { t: 2 }, revision: 3 },
      ]),
      stream.publish,
    );
    expect(outcome.accepted).toBe(2);
    expect(outcome.rejected).toEqual([expect.objectContaining({ index: 1, code: 'invalid_device_id' })]);
    expect(stream.readings()).toEqual(
      expect.arrayContaining([
        { deviceId: 'a', timestamp: Date.UTC(2026, 10, 1, 10), metrics: { t: 1 } },
        { deviceId: 'b', timestamp: NOW_MS, metrics: { t: 2 }, revision: 3 },
      ]),
    );
  });

  it('rejects readings of devices that the token is not bound to', async () => {
    const stream = collector();
    const readings = ['boiler-1', 'pump-1'].map((deviceId) => ({
      deviceId,
      timestamp: NOW_MS,
      metrics: { t: 1 },
    }));
    const outcome = await acceptTelemetry(
      makeRequest(readings, { mayWrite: (deviceId) => deviceId.startsWith('boiler-') }),
      stream.publish,
    );
    expect(outcome.rejected).toEqual([expect.objectContaining({ index: 1, code: 'device_not_allowed' })]);
    expect(stream.readings().map(({ deviceId }) => deviceId)).toEqual(['boiler-1']);
  });

  it('publishes nothing when nothing is acceptable', async () => {
    const publish = jest.fn();
    const outcome = await acceptTelemetry(makeRequest([null, 'x']), publish);
    expect(outcome).toMatchObject({ accepted: 0, envelopes: 0, publishing: { failed: 0 } });
    expect(publish).not.toHaveBeenCalled();
  });
});
