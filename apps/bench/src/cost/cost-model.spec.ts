import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cheapest, costOf, shardsFor, weirWriteUnits } from './cost-model.js';
import { COUNTED_UNITS } from './counted-units.js';
import { EXAMPLE, EXAMPLE_SETTING, deployTable } from './deploy-table.js';
import { durationSeconds } from './duration.js';
import { PRICES_AS_OF, UNIT_PRICES } from './unit-prices.js';

const deployment = readFileSync(join(__dirname, '../../../../docs/deploy.md'), 'utf8');
const traffic = EXAMPLE;
const setting = EXAMPLE_SETTING;

it.each(Object.values(UNIT_PRICES))('$charged has the price that docs/deploy.md has', (price) => {
  const row = deployment.split('\n').find((line) => line.startsWith(`| ${price.charged} `));
  const [, amount, million] = /\|\s+\$([\d.]+)( \/ M)? \|/.exec(row ?? '') ?? [];
  expect([Number(amount), million === undefined ? 1 : 1_000_000]).toEqual([price.dollars, price.units]);
  expect(deployment).toContain(`as of ${PRICES_AS_OF}`);
});

it('comes to the quantities of the example in docs/deploy.md', () => {
  const single = costOf(traffic, setting).quantities;
  expect(single.apiRequests).toBe(43_800_000);
  expect(single.payloadUnits).toBe(43_800_000);
  expect(single.shardHours).toBe(1460);
  const ofHours = COUNTED_UNITS.storing.find(
    ({ blockMinutes, metrics }) => blockMinutes === 60 && metrics === 3,
  )!;
  // A reading a batch, and 60 a block.
  expect(single.writeUnits).toBeCloseTo(43_800_000 * (1 + ofHours.writeUnitsABlock / 60), 0);
  const gateways = costOf({ ...traffic, perGateway: 100 }, setting).quantities;
  expect(gateways.apiRequests).toBeCloseTo(438_000, 0);
  expect(gateways.payloadUnits / 1e6).toBeCloseTo(7.0, 1);
});

const cellsOf = (table: string): string[][] =>
  table
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\| :?-/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));

it('is what the table in docs/deploy.md says (npx nx run bench:deploy-table writes it)', () => {
  expect(cellsOf(deployment)).toEqual(cellsOf(deployTable()));
});

describe('the write units of Weir', () => {
  it('are one a batch, and what its blocks take', () => {
    expect(weirWriteUnits(traffic, 1)).toBeGreaterThan(1);
    expect(weirWriteUnits(traffic, 1) - weirWriteUnits(traffic, 10)).toBeCloseTo(0.9, 9);
  });

  it('are more for a device that fills no block', () => {
    const rare = { ...traffic, intervalSeconds: 600 };
    expect(weirWriteUnits(rare, 1)).toBeGreaterThan(weirWriteUnits(traffic, 1));
  });
});

it('adds up to its parts', () => {
  const { dollars, total } = costOf(traffic, setting);
  expect(dollars.apiRequests).toBeCloseTo(153.3, 6);
  expect(total).toBeCloseTo(
    Object.values(dollars).reduce((sum, each) => sum + each, 0),
    9,
  );
});

describe('the cheapest setting', () => {
  it('is as fresh as is asked for', () => {
    for (const freshnessSeconds of [1, 2, 3, 30, 60, 61, 400]) {
      const { windowSeconds } = cheapest({ ...traffic, intervalSeconds: 1, freshnessSeconds });
      expect(windowSeconds === 0 || windowSeconds + 1 <= freshnessSeconds).toBe(true);
    }
  });

  it('waits where that lets readings of a device share a write', () => {
    const frequent = { ...traffic, intervalSeconds: 1, freshnessSeconds: 61 };
    expect(cheapest(frequent)).toMatchObject({ windowSeconds: 60, perWrite: 60 });
    expect(cheapest({ ...frequent, freshnessSeconds: 2 })).toMatchObject({ perWrite: 1 });
  });

  it('has a shard for every 1,000 records a second', () => {
    expect(shardsFor({ ...traffic, devices: 60_000 })).toBe(1);
    expect(shardsFor({ ...traffic, devices: 60_001 })).toBe(2);
  });
});

describe('a duration', () => {
  it.each([
    ['10s', 10],
    ['5m', 300],
    ['1h', 3600],
  ])('%s', (text, seconds) => {
    expect(durationSeconds('--interval', text)).toBe(seconds);
  });

  it.each(['10', '0s', '-1s', '1d', '1.5s', ''])('is not %j', (text) => {
    expect(() => durationSeconds('--interval', text)).toThrow('--interval must be a duration');
  });
});
