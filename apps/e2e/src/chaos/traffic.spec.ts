import { DAY_MS, HOUR_MS, makeFleet } from './fleet.js';
import { EchoTraffic, Traffic, type DeviceRequest, type Reading } from './traffic.js';

const ANCHOR_MS = Date.UTC(2026, 0, 1, 0, 5);
const fleet = makeFleet(ANCHOR_MS);
const [gateway] = fleet.gateways;
if (gateway === undefined) throw new Error('the fleet is empty');

function requestsOf(seed: number, count = 400): { own: DeviceRequest[]; echoes: DeviceRequest[] } {
  const traffic = new Traffic(seed, gateway as (typeof fleet.gateways)[number]);
  const echo = new EchoTraffic(seed, gateway as (typeof fleet.gateways)[number]);
  const own = Array.from({ length: count }, () => traffic.next());
  return { own, echoes: own.flatMap((request) => echo.after(request) ?? []) };
}

const readingsOf = (requests: readonly DeviceRequest[]): Reading[] =>
  requests.flatMap(({ items }) => items.flatMap((item) => ('reading' in item ? [item.reading] : [])));
const identityOf = ({ deviceId, timestampMs, revision }: Reading): string =>
  `${deviceId} ${timestampMs} ${revision}`;

describe('the traffic', () => {
  it('is decided by the seed', () => {
    expect(requestsOf(3, 50)).toEqual(requestsOf(3, 50));
    expect(requestsOf(4, 50)).not.toEqual(requestsOf(3, 50));
  });

  it('lets two senders contradict each other at no revision', () => {
    for (let seed = 1; seed <= 5; seed += 1) {
      const { own, echoes } = requestsOf(seed);
      const first = new Map<string, Reading>();
      for (const reading of readingsOf(own)) {
        if (!first.has(identityOf(reading))) first.set(identityOf(reading), reading);
      }
      const shared = readingsOf(echoes).filter((reading) => first.has(identityOf(reading)));
      expect(shared.length).toBeGreaterThan(100);
      for (const reading of shared) expect(reading).toEqual(first.get(identityOf(reading)));
    }
  });

  it('gives no two devices the same timestamp, and stays where the contract accepts it', () => {
    const owners = new Map<number, string>();
    for (const each of fleet.gateways) {
      const traffic = new Traffic(1, each);
      const echo = new EchoTraffic(1, each);
      const requests = Array.from({ length: 200 }, () => traffic.next());
      for (const { deviceId, timestampMs } of readingsOf([
        ...requests,
        ...requests.flatMap((r) => echo.after(r) ?? []),
      ])) {
        expect(owners.get(timestampMs) ?? deviceId).toBe(deviceId);
        expect(timestampMs).toBeLessThan(ANCHOR_MS + 5 * 60_000);
        owners.set(timestampMs, deviceId);
      }
    }
  });

  it('has everything that the pipeline must cope with', () => {
    const { own } = requestsOf(1);
    const refusals = new Set(
      own.flatMap(({ items }) => items.flatMap((item) => ('refusal' in item ? [item.refusal] : []))),
    );
    expect(refusals.size).toBe(11);
    expect(own.some(({ gzip }) => gzip) && own.some(({ gzip }) => !gzip)).toBe(true);

    const latest = new Map<string, number>();
    const lateMs: number[] = [];
    const values = new Map<string, Set<string>>();
    for (const reading of readingsOf(own)) {
      const newest = latest.get(reading.deviceId) ?? reading.timestampMs;
      lateMs.push(newest - reading.timestampMs);
      latest.set(reading.deviceId, Math.max(newest, reading.timestampMs));
      const known = values.get(identityOf(reading)) ?? new Set();
      values.set(identityOf(reading), known.add(JSON.stringify(Object.entries(reading.metrics).sort())));
    }
    expect(lateMs.some((ms) => ms > 0 && ms < HOUR_MS)).toBe(true);
    expect(lateMs.some((ms) => ms > HOUR_MS && ms < DAY_MS)).toBe(true);
    expect(lateMs.some((ms) => ms > DAY_MS)).toBe(true);
    expect([...values.values()].some((known) => known.size > 1)).toBe(true);
    expect(readingsOf(own).length).toBeGreaterThan(values.size);
    expect(new Set(readingsOf(own).map(({ revision }) => revision))).toEqual(new Set([0, 1, 3, 5, 7]));
  });
});
