import { parseArgs } from 'node:util';
import { wholeNumber } from '../whole-number.js';
import { WRITE_UNITS, cheapest, weirWriteUnits, type Traffic } from './cost-model.js';
import { COUNTED_UNITS } from './counted-units.js';
import { durationSeconds } from './duration.js';
import { PRICES_AS_OF, UNIT_PRICES, type Charge } from './unit-prices.js';

function readTraffic(): Traffic & { readonly json: boolean } {
  const { values } = parseArgs({
    options: {
      devices: { type: 'string', default: '1000' },
      interval: { type: 'string', default: '60s' },
      metrics: { type: 'string', default: '3' },
      freshness: { type: 'string', default: '60s' },
      batch: { type: 'string', default: '1' },
      gateway: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  return {
    devices: wholeNumber('--devices', values.devices, 1, 1e9),
    intervalSeconds: durationSeconds('--interval', values.interval),
    metrics: wholeNumber('--metrics', values.metrics, 1, 64),
    freshnessSeconds: durationSeconds('--freshness', values.freshness),
    perBatch: wholeNumber('--batch', values.batch, 1, 5000),
    perGateway: wholeNumber('--gateway', values.gateway, 1, 5000),
    json: values.json,
  };
}

try {
  print(readTraffic());
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}

function print({ json, ...traffic }: Traffic & { readonly json: boolean }): void {
  const cost = cheapest(traffic);
  if (json) return console.log(JSON.stringify(cost));
  const dollars = (amount: number): string => `$${amount.toFixed(2)}`;
  const charges = Object.keys(UNIT_PRICES) as Charge[];
  console.log(
    `A month of ${(cost.readings / 1e6).toFixed(1)} million readings, at list prices of us-east-1 as of ${PRICES_AS_OF}, as counted on ${COUNTED_UNITS.date}. ` +
      'Not in it: queries, keys and firewall of staging and prod, data transfer, the page in CloudFront.',
  );
  console.table(
    Object.fromEntries(
      charges.map((charge) => [
        UNIT_PRICES[charge].charged,
        { quantity: Number(cost.quantities[charge].toPrecision(4)), month: dollars(cost.dollars[charge]) },
      ]),
    ),
  );
  console.log(
    `${dollars(cost.total)} a month, ${dollars((cost.total * 1e6) / cost.readings)} a million readings.`,
  );
  console.log(
    `Cheapest: ${cost.shards} shard(s), a batching window of ${cost.windowSeconds} s; ${cost.perWrite} reading(s) of a device a write.`,
  );
  console.log('\nDynamoDB writes alone, by design:');
  const million = UNIT_PRICES.writeUnits.dollars;
  const designs = { Weir: (k: number) => weirWriteUnits(traffic, k), ...WRITE_UNITS };
  console.table(
    Object.fromEntries(
      Object.entries(designs).map(([design, unitsOf]) => {
        const units = unitsOf(cost.perWrite);
        const month = dollars((cost.readings / 1e6) * units * million);
        return [design, { 'write units a reading': Number(units.toFixed(3)), month }];
      }),
    ),
  );
}
