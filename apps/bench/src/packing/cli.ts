import { parseArgs } from 'node:util';
import { measurePacking } from './measure-packing.js';
import type { StreamPayload } from './payload.js';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const measured = await measurePacking();
if (values.json) console.log(JSON.stringify(measured));
else {
  const rows = measured.map(({ traffic, readings, ...producers }) => {
    const text = ({ payloadUnits, bytes }: StreamPayload): string =>
      `${((1000 * payloadUnits) / readings).toFixed(1)} units, ${((1000 * bytes) / readings).toFixed(0)} bytes`;
    const { weir, recordAReading, aggregatedByRequest, aggregatedForLong } = producers;
    return [
      traffic,
      {
        Weir: text(weir),
        'record a reading': text(recordAReading),
        'KPL, a request': text(aggregatedByRequest),
        'KPL, for long': text(aggregatedForLong),
      },
    ];
  });
  console.log('A thousand readings:');
  console.table(Object.fromEntries(rows));
}
