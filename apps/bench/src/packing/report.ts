import { markdownTable } from '../markdown-table.js';
import type { PartReport } from '../part-report.js';
import { SMALL_GATEWAY, type PackingOfTraffic } from './measure-packing.js';
import type { StreamPayload } from './payload.js';

const PAYLOAD_UNITS_MAX = 20;

const TEXT = `Payload units of 25 KB, and bytes of data, for 1,000 readings of three metrics. ingest-fn as it is built, against an
endpoint that counts. The Kinesis Producer Library (KPL) by its format, for one shard, with the largest record that it makes by default; its
records keep a device's order only as long as they are taken apart again by a consumer that knows the format.

The goal holds a device's batches of 60 readings or more, and a gateway's of 1,000. A gateway's small request of many devices is a
record for each device group, as a device has to stay in its shard
([why](adr/0005-few-device-groups.md)).`;

export const packingReport: PartReport<readonly PackingOfTraffic[]> = {
  section: (packing) => [
    '## Packing into Kinesis',
    TEXT,
    markdownTable(
      ['traffic', 'Weir', 'a record a reading', 'KPL, flushed a request', 'KPL, long-running'],
      packing.map(({ traffic, readings, ...by }) => [
        traffic,
        ...[by.weir, by.recordAReading, by.aggregatedByRequest, by.aggregatedForLong].map((payload) =>
          payloadText(payload, readings),
        ),
      ]),
    ),
  ],
  goals: (packing) =>
    packing
      .filter(({ traffic, requests, readings }) => readings / requests >= 60 && traffic !== SMALL_GATEWAY)
      .map(({ traffic, readings, weir }) => {
        const units = (1000 * weir.payloadUnits) / readings;
        return {
          goal: `${traffic}: at most ${PAYLOAD_UNITS_MAX} payload units for 1,000 readings`,
          met: units <= PAYLOAD_UNITS_MAX,
          figure: units.toFixed(1),
        };
      }),
};

/** What a producer put into the stream, for 1,000 readings. */
export function payloadText({ payloadUnits, bytes }: StreamPayload, readings: number): string {
  const perThousand = (value: number): number => (1000 * value) / readings;
  return `${perThousand(payloadUnits).toFixed(1)} units, ${perThousand(bytes).toFixed(0)} bytes`;
}
