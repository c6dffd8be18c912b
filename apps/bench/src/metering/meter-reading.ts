import type { BilledUnits } from './billed-units.js';

/** What went through the meter since it was last taken. */
export interface MeterReading {
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Requests by operation. */
  readonly requests: Readonly<Record<string, number>>;
  /** Bytes of the bodies. */
  readonly requestBytes: number;
  readonly answerBytes: number;
}

export const NOTHING: MeterReading = {
  readUnits: 0,
  writeUnits: 0,
  requests: {},
  requestBytes: 0,
  answerBytes: 0,
};

/** One more exchange on the meter. */
export function addExchange(
  reading: MeterReading,
  exchange: BilledUnits & {
    readonly operation: string;
    readonly requestBytes: number;
    readonly answerBytes: number;
  },
): MeterReading {
  const { operation } = exchange;
  return {
    readUnits: reading.readUnits + exchange.readUnits,
    writeUnits: reading.writeUnits + exchange.writeUnits,
    requests: { ...reading.requests, [operation]: (reading.requests[operation] ?? 0) + 1 },
    requestBytes: reading.requestBytes + exchange.requestBytes,
    answerBytes: reading.answerBytes + exchange.answerBytes,
  };
}

/** What went through in both times. */
export function addMeters(one: MeterReading, other: MeterReading): MeterReading {
  const operations = new Set([...Object.keys(one.requests), ...Object.keys(other.requests)]);
  return {
    readUnits: one.readUnits + other.readUnits,
    writeUnits: one.writeUnits + other.writeUnits,
    requests: Object.fromEntries(
      [...operations].map((name) => [name, (one.requests[name] ?? 0) + (other.requests[name] ?? 0)]),
    ),
    requestBytes: one.requestBytes + other.requestBytes,
    answerBytes: one.answerBytes + other.answerBytes,
  };
}

/** Requests of all operations. */
export function requestsOf({ requests }: MeterReading): number {
  return Object.values(requests).reduce((sum, count) => sum + count, 0);
}
