import { parseArgs } from 'node:util';
import { wholeNumber } from '../whole-number.js';
import { cheaper, cheapest, type Choice } from './cheapest-setting.js';
import { STREAM_MODES, WRITE_UNITS, weirWriteUnits, type StreamMode, type Traffic } from './cost-model.js';
import { COUNTED_UNITS } from './counted-units.js';
import { durationSeconds } from './duration.js';
import { oneOf } from './one-of.js';
import { STAGES, STAGE_SETTINGS, type Stage } from './stage-settings.js';
import { PRICES_AS_OF, UNIT_PRICES, type Charge, type UnitPrice } from './unit-prices.js';

const NAMES: Readonly<Record<StreamMode, string>> = {
  provisioned: 'of provisioned shards',
  'on-demand': 'on demand',
};

const SHARDS_BY: Readonly<Record<Choice['decidedBy']['shards'], string>> = {
  none: 'the least that a stream has',
  records: 'by its records a second',
  bytes: 'by its bytes a second',
  processing: 'by what process-fn has to do',
};
const WINDOW_BY: Readonly<Record<Choice['decidedBy']['window'], string>> = {
  freshness: 'by the freshness: a longer one would be cheaper',
  cost: 'by the cost: no other is cheaper',
};

interface Wanted extends Traffic {
  readonly stage: Stage;
  readonly stream: StreamMode;
  readonly json: boolean;
}

function readWanted(): Wanted {
  const { values } = parseArgs({
    options: {
      devices: { type: 'string', default: '1000' },
      interval: { type: 'string', default: '60s' },
      metrics: { type: 'string', default: '3' },
      freshness: { type: 'string', default: '60s' },
      batch: { type: 'string', default: '1' },
      gateway: { type: 'string', default: '1' },
      stage: { type: 'string', default: 'prod' },
      'athena-gib-month': { type: 'string', default: '0' },
      stream: { type: 'string', default: 'provisioned' },
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
    athenaGib: wholeNumber('--athena-gib-month', values['athena-gib-month'], 0, 1e9),
    stage: oneOf('--stage', values.stage, STAGES),
    stream: oneOf('--stream', values.stream, STREAM_MODES),
    json: values.json,
  };
}

try {
  print(readWanted());
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}

function print({ json, stage, stream, ...traffic }: Wanted): void {
  const streams = STREAM_MODES.map((mode) => cheapest(traffic, stage, mode));
  const cost = streams.find((each) => each.stream === stream)!;
  const cheaperStream = cheaper(streams).stream;
  if (json) return console.log(JSON.stringify({ ...cost, cheaperStream }));
  const dollars = (amount: number): string => `$${amount.toFixed(2)}`;
  const charges = (Object.keys(UNIT_PRICES) as Charge[]).filter((charge) => cost.quantities[charge] > 0);
  console.log(
    `A month of ${(cost.readings / 1e6).toFixed(1)} million readings, at list prices of us-east-1 as of ${PRICES_AS_OF}, as counted on ${COUNTED_UNITS.date}. ` +
      `Stage ${stage}, an archive of a year; free tiers are not taken off. Not in it: queries but those of the dashboard, taxes.`,
  );
  console.table(
    Object.fromEntries(
      charges.map((charge) => [
        UNIT_PRICES[charge].charged,
        {
          quantity: Number(cost.quantities[charge].toPrecision(4)),
          month: dollars(cost.dollars[charge]),
          'free in every month': (UNIT_PRICES[charge] as UnitPrice).free ?? '',
        },
      ]),
    ),
  );
  console.log(
    `${dollars(cost.total)} a month, ${dollars((cost.total * 1e6) / cost.readings)} a million readings.`,
  );
  console.log(`Cheapest: ${settingText(cost)}; ${cost.perWrite} reading(s) of a device a write.`);
  const totals = streams.map((each) => `${dollars(each.total)} a month with a stream ${NAMES[each.stream]}`);
  console.log(`Everything: ${totals.join(', ')}. Cheaper: ${NAMES[cheaperStream]}.`);
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

/** Each part of the setting, with the constraint that decided it. */
function settingText({ stage, shards, deviceGroups, windowSeconds, decidedBy }: Choice): string {
  const { parallelizationFactor } = STAGE_SETTINGS[stage];
  const groupsBy =
    decidedBy.deviceGroups === 'stage'
      ? `as the stage has, for at most ${shards} × ${parallelizationFactor} batches at once`
      : `by ${shards} × ${parallelizationFactor} batches at once: set stream.deviceGroups`;
  return [
    `${shards} shard(s) (${SHARDS_BY[decidedBy.shards]})`,
    `${deviceGroups} device groups (${groupsBy})`,
    `a batching window of ${windowSeconds} s (${WINDOW_BY[decidedBy.window]})`,
  ].join(', ');
}
