import { markdownTable } from '../markdown-table.js';
import { costOf, type Setting, type Traffic } from './cost-model.js';
import { UNIT_PRICES, type Charge } from './unit-prices.js';

/** The example of docs/deploy.md. */
export const EXAMPLE: Traffic = {
  devices: 1000,
  intervalSeconds: 60,
  metrics: 3,
  perBatch: 1,
  perGateway: 1,
  freshnessSeconds: 2,
  athenaGib: 0,
};
export const EXAMPLE_SETTING: Setting = {
  stage: 'dev',
  stream: 'provisioned',
  shards: 2,
  deviceGroups: 16,
  windowSeconds: 1,
};

/** What the table has, by the head of its columns. */
const COLUMNS: Readonly<Record<string, { readonly perGateway: number; readonly setting: Setting }>> = {
  'each device by itself': { perGateway: 1, setting: EXAMPLE_SETTING },
  'gateways of 100 devices': { perGateway: 100, setting: EXAMPLE_SETTING },
  'stage prod, each device by itself': {
    perGateway: 1,
    setting: { ...EXAMPLE_SETTING, stage: 'prod', shards: 4 },
  },
};

const MILLION = 1_000_000;

/** The table of costs in docs/deploy.md, in Markdown whose columns are not aligned: each amount is that of the quantity as it is shown. What the example has none of is left out. */
export function deployTable(): string {
  const columns = Object.values(COLUMNS).map(
    ({ perGateway, setting }) => costOf({ ...EXAMPLE, perGateway }, setting).quantities,
  );
  const totals = columns.map(() => 0);
  const charged = Object.entries(UNIT_PRICES).filter(([charge]) =>
    columns.some((quantities) => quantities[charge as Charge] > 0),
  );
  const rows = charged.map(([charge, { charged: name, dollars, units }]) => {
    const perMillion = units === MILLION;
    const cells = columns.flatMap((quantities, column) => {
      const shown = Number((quantities[charge as Charge] / units).toPrecision(4));
      const cents = Math.round(shown * dollars * 100 + 1e-6);
      totals[column] = (totals[column] ?? 0) + cents;
      const quantity = shown.toLocaleString('en', { maximumFractionDigits: 9 });
      return [perMillion ? `${quantity} M` : quantity, `$${(cents / 100).toFixed(2)}`];
    });
    const price = String(dollars).replace(/^\d+(\.\d)?$/, () => dollars.toFixed(2));
    return [name, `$${price}${perMillion ? ' / M' : ''}`, ...cells];
  });
  return markdownTable(
    ['what is charged', 'price', ...Object.keys(COLUMNS).flatMap((head) => [head, ''])],
    [...rows, ['**a month**', '', ...totals.flatMap((cents) => ['', `**$${(cents / 100).toFixed(2)}**`])]],
  );
}
