import { devicesOf, type Fleet, type Registration } from './fleet.js';
import type { Reading } from './traffic.js';

interface HeldPoint {
  readonly value: number;
  readonly revision: number;
}

/** A point that was accepted and must stand in quarantine, as it was sent. */
export interface RefusedPoint {
  readonly deviceId: string;
  readonly timestampMs: number;
  readonly metric: string;
  readonly value: number;
  readonly revision: number;
}

/** One device as it must stand in the store: by metric, the value of each timestamp. */
export type DevicePoints = ReadonlyMap<string, ReadonlyMap<number, number>>;

/**
 * What the pipeline must hold, kept as plain points by the rule of the contract and nothing else: of one device, timestamp
 * and metric the higher revision stays, and of equal revisions the one that was sent first. Shares no code with the product.
 */
export class PointLedger {
  private readonly devices = new Map<string, Map<string, Map<number, HeldPoint>>>();
  private readonly quarantine = new Map<string, RefusedPoint>();
  private readonly registrations: ReadonlyMap<string, Registration>;

  constructor(fleet: Fleet) {
    this.registrations = new Map(
      devicesOf(fleet).flatMap(({ deviceId, registration }) =>
        registration === undefined ? [] : [[deviceId, registration] as const],
      ),
    );
  }

  /** Takes a reading that is about to be sent; those of one sender in the order in which it sends them. */
  add({ deviceId, timestampMs, metrics, revision }: Reading): void {
    for (const [metric, sent] of Object.entries(metrics)) {
      const value = this.storable(deviceId, timestampMs, metric, sent);
      if (value === undefined) {
        const refused = { deviceId, timestampMs, metric, value: sent, revision };
        this.quarantine.set(refusedPointName(refused), refused);
        continue;
      }
      const points = this.pointsOf(deviceId, metric);
      const held = points.get(timestampMs);
      if (held === undefined || revision > held.revision) points.set(timestampMs, { value, revision });
    }
  }

  /** The value as it is stored; undefined where it is out of the registered range. */
  private storable(deviceId: string, timestampMs: number, metric: string, sent: number): number | undefined {
    const registration = this.registrations.get(deviceId);
    if (registration?.metric !== metric || timestampMs < registration.effectiveFromMs) return sent;
    const value = sent * registration.scale + registration.offset;
    return value < registration.min || value > registration.max ? undefined : value;
  }

  private pointsOf(deviceId: string, metric: string): Map<number, HeldPoint> {
    const metrics = this.devices.get(deviceId) ?? new Map<string, Map<number, HeldPoint>>();
    this.devices.set(deviceId, metrics);
    const points = metrics.get(metric) ?? new Map<number, HeldPoint>();
    metrics.set(metric, points);
    return points;
  }

  pointCount(): number {
    return [...this.devices.values()]
      .flatMap((metrics) => [...metrics.values()])
      .reduce((total, points) => total + points.size, 0);
  }

  device(deviceId: string): DevicePoints {
    const metrics = this.devices.get(deviceId) ?? new Map<string, Map<number, HeldPoint>>();
    return new Map(
      [...metrics].map(([metric, points]) => [
        metric,
        new Map([...points].map(([timestampMs, { value }]) => [timestampMs, value])),
      ]),
    );
  }

  refusedPoints(): ReadonlyMap<string, RefusedPoint> {
    return this.quarantine;
  }
}

/** All that tells two refused points apart, as one text. */
export function refusedPointName({ deviceId, timestampMs, metric, value, revision }: RefusedPoint): string {
  return `${deviceId} ${metric} ${new Date(timestampMs).toISOString()}: ${value} at revision ${revision}`;
}
