import { parseArgs } from 'node:util';
import { measurePacking } from './measure-packing.js';
import { payloadText } from './report.js';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const measured = await measurePacking();
if (values.json) console.log(JSON.stringify(measured));
else {
  const rows = measured.map(({ traffic, readings, ...producers }) => {
    const { weir, recordAReading, aggregatedByRequest, aggregatedForLong } = producers;
    return [
      traffic,
      {
        Weir: payloadText(weir, readings),
        'record a reading': payloadText(recordAReading, readings),
        'KPL, a request': payloadText(aggregatedByRequest, readings),
        'KPL, for long': payloadText(aggregatedForLong, readings),
      },
    ];
  });
  console.log('A thousand readings:');
  console.table(Object.fromEntries(rows));
}
