import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cheaper, cheapest } from './cheapest-setting.js';
import { STREAM_MODES, costOf, shardsFor, weirWriteUnits, type Setting, type Traffic } from './cost-model.js';
import { COUNTED_UNITS } from './counted-units.js';
import { EXAMPLE, EXAMPLE_SETTING, deployTable } from './deploy-table.js';
import { durationSeconds } from './duration.js';
import { oneOf } from './one-of.js';
import { STAGES, STAGE_SETTINGS, type Stage } from './stage-settings.js';
import { PRICES_AS_OF, UNIT_PRICES, type Charge } from './unit-prices.js';

const deployment = readFileSync(join(__dirname, '../../../../docs/deploy.md'), 'utf8');
const traffic = EXAMPLE;
const setting = EXAMPLE_SETTING;

const inProd: Setting = { ...setting, stage: 'prod', shards: 4 };
const examples = [setting, inProd].map((each) => costOf(traffic, each).quantities);
const inExample = (Object.keys(UNIT_PRICES) as Charge[]).filter((charge) =>
  examples.some((quantities) => quantities[charge] > 0),
);

it.each(inExample.map((charge) => UNIT_PRICES[charge]))(
  '$charged has the price that docs/deploy.md has',
  (price) => {
    const row = deployment.split('\n').find((line) => line.startsWith(`| ${price.charged} `));
    const [, amount, million] = /\|\s+\$([\d.]+)( \/ M)? \|/.exec(row ?? '') ?? [];
    expect([Number(amount), million === undefined ? 1 : 1_000_000]).toEqual([price.dollars, price.units]);
    expect(deployment).toContain(`as of ${PRICES_AS_OF}`);
  },
);

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

function settingOf({ stage, stream, shards, deviceGroups, windowSeconds }: Setting): Setting {
  return { stage, stream, shards, deviceGroups, windowSeconds };
}

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
      const { windowSeconds } = cheapest(
        { ...traffic, intervalSeconds: 1, freshnessSeconds },
        'dev',
        'provisioned',
      );
      expect(windowSeconds === 0 || windowSeconds + 1 <= freshnessSeconds).toBe(true);
    }
  });

  it('waits where that lets readings of a device share a write', () => {
    const frequent = { ...traffic, devices: 10, intervalSeconds: 1, freshnessSeconds: 61 };
    expect(cheapest(frequent, 'dev', 'provisioned')).toMatchObject({ windowSeconds: 60, perWrite: 60 });
    expect(cheapest({ ...frequent, freshnessSeconds: 2 }, 'dev', 'provisioned')).toMatchObject({
      perWrite: 1,
    });
  });

  it('does not take a batch to wait when it is full', () => {
    // 1,000 records a second fill the two batches of a shard, of 500 records each, in one.
    const many = { ...traffic, devices: 1000, intervalSeconds: 1 };
    const cost = costOf(many, { ...setting, shards: 1, windowSeconds: 60 });
    expect(cost.perWrite).toBe(1);
    expect(cost.quantities.invocations - cost.quantities.apiRequests).toBe((1000 * 730 * 3600) / 500);
  });

  it('has a shard for every 1,000 records a second', () => {
    expect(shardsFor({ ...traffic, devices: 60_000 })).toBe(1);
    expect(shardsFor({ ...traffic, devices: 60_001 })).toBe(2);
  });
});

describe('the constraint that decides', () => {
  const chosen = (each: Partial<Traffic>, stage: Stage = 'prod') =>
    cheapest({ ...traffic, ...each }, stage, 'provisioned');

  it('is none for the shards of few devices', () => {
    expect(chosen({})).toMatchObject({ shards: 1, deviceGroups: 16 });
    expect(chosen({}).decidedBy).toMatchObject({ shards: 'none', deviceGroups: 'stage' });
  });

  it('is records, and from the fifth shard on the device groups that four batches of each need', () => {
    const four = chosen({ devices: 240_000 });
    expect(four).toMatchObject({ shards: 4, deviceGroups: 16 });
    expect(four.decidedBy).toMatchObject({ shards: 'records', deviceGroups: 'stage' });
    const five = chosen({ devices: 240_001 });
    expect(five).toMatchObject({ shards: 5, deviceGroups: 20 });
    expect(five.decidedBy).toMatchObject({ shards: 'records', deviceGroups: 'batches' });
  });

  it('needs half the device groups where a shard gives half the batches', () => {
    expect(chosen({ devices: 480_000 }, 'dev')).toMatchObject({ shards: 8, deviceGroups: 16 });
    expect(chosen({ devices: 480_001 }, 'dev')).toMatchObject({ shards: 9, deviceGroups: 18 });
  });

  it('is bytes for large records', () => {
    // 100,000 readings of 3 + 64 × 3 bytes a second are 19.5 MB, and 20 requests have 57 envelopes of 159 bytes each.
    const choice = chosen({
      devices: 100_000,
      intervalSeconds: 1,
      perBatch: 50,
      perGateway: 100,
      metrics: 64,
    });
    expect(choice.shards).toBe(20);
    expect(choice.decidedBy.shards).toBe('bytes');
  });

  it('is process-fn for gateways, whose many readings are few records', () => {
    const choice = chosen({ devices: 100_000, intervalSeconds: 10, perBatch: 1, perGateway: 1000 });
    expect(choice.decidedBy.shards).toBe('processing');
    const { parallelizationFactor } = STAGE_SETTINGS.prod;
    expect(choice.processing).toBeLessThanOrEqual(0.7 * choice.shards * parallelizationFactor);
    const fewer = costOf(
      { ...traffic, devices: 100_000, intervalSeconds: 10, perGateway: 1000 },
      { ...settingOf(choice), shards: choice.shards - 1 },
    );
    expect(fewer.processing).toBeGreaterThan(0.7 * (choice.shards - 1) * parallelizationFactor);
  });

  it('is the freshness for the window where a longer one would be cheaper, and else the cost', () => {
    expect(chosen({ intervalSeconds: 1, freshnessSeconds: 2 }).decidedBy.window).toBe('freshness');
    expect(chosen({ intervalSeconds: 1, freshnessSeconds: 400 }).decidedBy.window).toBe('cost');
  });

  it('always leaves a device group for each batch', () => {
    for (const stage of STAGES) {
      for (const stream of STREAM_MODES) {
        for (const devices of [1, 1e4, 1e6]) {
          for (const perGateway of [1, 100]) {
            const choice = cheapest({ ...traffic, devices, perGateway }, stage, stream);
            const batches = choice.shards * STAGE_SETTINGS[stage].parallelizationFactor;
            expect(choice.deviceGroups).toBeGreaterThanOrEqual(batches);
          }
        }
      }
    }
  });

  it('is the stage for a fleet that is too large for one', () => {
    expect(() => chosen({ devices: 30_000_001 })).toThrow(
      '501 shards would be needed, and a stage takes 500: divide the devices among several',
    );
  });
});

describe('a stream on demand', () => {
  const onDemand = { ...setting, stream: 'on-demand' } as const;

  it('is charged by the hour, by what is written with each record rounded up to 1 KB, and by what each of two consumers reads', () => {
    const { dollars, quantities } = costOf(traffic, onDemand);
    // Each of 43.8 million records has 159 bytes of itself, and a reading of 3 + 3 × 3.
    expect(COUNTED_UNITS.envelopeBytes).toEqual({ itself: 159, aReading: 3, aMetric: 3 });
    expect(quantities).toMatchObject({ shardHours: 0, payloadUnits: 0, streamHours: 730 });
    expect(dollars.streamHours).toBeCloseTo(29.2, 6);
    expect(quantities.streamInGigabytes).toBeCloseTo(44.8512, 6);
    expect(dollars.streamInGigabytes).toBeCloseTo(3.588096, 6);
    expect(quantities.streamOutGigabytes).toBeCloseTo(2 * 7.4898, 6);
    expect(dollars.streamOutGigabytes).toBeCloseTo(0.599184, 6);
  });

  it('rounds a record of 1,059 bytes up to 2 KB', () => {
    const { quantities } = costOf({ ...traffic, perBatch: 75 }, onDemand);
    expect(quantities.streamInGigabytes).toBeCloseTo((584_000 * 2048) / 1e9, 6);
    expect(quantities.streamOutGigabytes).toBeCloseTo((2 * 584_000 * 1059) / 1e9, 6);
  });

  it('costs nothing of that where shards are provisioned', () => {
    const { quantities } = costOf(traffic, setting);
    expect(quantities).toMatchObject({ streamHours: 0, streamInGigabytes: 0, streamOutGigabytes: 0 });
  });

  it('has four shards at least, and twice those of the peak', () => {
    expect(cheapest(traffic, 'dev', 'on-demand')).toMatchObject({ stream: 'on-demand', shards: 4 });
    expect(cheapest({ ...traffic, devices: 300_000 }, 'dev', 'on-demand')).toMatchObject({ shards: 10 });
  });

  it('is dearer for a steady stream, of few devices and of many', () => {
    const cheaperOf = (each: Traffic) =>
      cheaper(STREAM_MODES.map((mode) => cheapest(each, 'dev', mode))).stream;
    expect(cheaperOf(traffic)).toBe('provisioned');
    expect(cheaperOf({ ...traffic, devices: 60_000 })).toBe('provisioned');
  });
});

describe('what a stage adds', () => {
  const [dev, prod] = examples as [(typeof examples)[0], (typeof examples)[0]];

  it('is 144 hours more of four shards in prod, by the shard-hour', () => {
    expect(dev.retentionShardHours).toBe(0);
    expect(prod.retentionShardHours).toBe(2920);
    expect(costOf(traffic, inProd).dollars.retentionShardHours).toBeCloseTo(58.4, 6);
  });

  it('is 144 hours of what has been written, on demand', () => {
    const { quantities } = costOf(traffic, { ...inProd, stream: 'on-demand' });
    expect(quantities.retentionShardHours).toBe(0);
    expect(quantities.streamKeptGigabytes).toBeCloseTo((44.8512 * 144) / 730, 6);
  });

  it('is never longer than the seven days for which these prices are', () => {
    for (const stage of STAGES) expect(STAGE_SETTINGS[stage].retentionHours).toBeLessThanOrEqual(168);
  });

  it('is two keys, and a request for each user of them in five minutes, and for each object', () => {
    expect(dev).toMatchObject({ keys: 0, keyUses: 0 });
    expect(prod.keys).toBe(2);
    // Three users of each of 4 shards, two of the table, 8 logs; 12 times an hour. An object in five minutes.
    expect(prod.keyUses).toBe((3 * 4 + 2 + 8) * 12 * 730 + 8760);
    expect(costOf(traffic, inProd).dollars.keyUses).toBeCloseTo(0.60444, 5);
  });

  it('is a firewall with one rule, which sees the requests to both APIs', () => {
    expect(dev).toMatchObject({ firewalls: 0, firewallRules: 0, firewallRequests: 0 });
    expect(prod).toMatchObject({ firewalls: 1, firewallRules: 1, firewallRequests: 43_800_000 + 156_000 });
    expect(costOf(traffic, inProd).dollars.firewallRequests).toBeCloseTo(26.3736, 6);
  });

  it('is logs for 14 days or 90, compressed to 15 %', () => {
    expect(dev.keptLogGigabytes).toBeCloseTo((dev.logGigabytes * 0.15 * 14 * 24) / 730, 9);
    expect(prod.keptLogGigabytes).toBeCloseTo((prod.logGigabytes * 0.15 * 90 * 24) / 730, 9);
  });

  it('is the batches that a shard gives process-fn at once', () => {
    const often = { ...traffic, devices: 100_000 };
    const runs = (stage: 'staging' | 'prod') => {
      const { quantities } = costOf(often, { ...setting, stage });
      return quantities.invocations - quantities.apiRequests;
    };
    expect(runs('staging')).toBe(2 * 2 * 730 * 3600);
    expect(runs('prod')).toBe(2 * 4 * 730 * 3600);
  });
});

describe('the archive after a year', () => {
  it('has not moved where its objects are smaller than 128 KiB', () => {
    const { quantities } = costOf({ ...traffic, devices: 100 }, setting);
    // 0.74898 GB a month in 43,800 objects, one a minute: 17 KB each.
    expect(quantities).toMatchObject({ objects: 43_800, coldGigabytes: 0, coldTransitions: 0 });
    expect(quantities.archiveGigabytes).toBeCloseTo((0.74898 * 24 * 365) / 730, 6);
  });

  it('has moved after 90 days where they are larger', () => {
    const { quantities, dollars } = costOf({ ...traffic, devices: 100_000 }, inProd);
    // 748.98 GB a month: an object in five minutes has 85 MB, so 64 MiB fill one sooner.
    const objects = 748.98e9 / (64 * 1024 * 1024);
    expect(quantities.objects).toBeCloseTo(objects, 3);
    expect(quantities.coldTransitions).toBeCloseTo(objects, 3);
    expect(quantities.archiveGigabytes).toBeCloseTo((748.98 * 24 * 90) / 730, 6);
    expect(quantities.coldGigabytes).toBeCloseTo((748.98 * 24 * 275) / 730, 6);
    expect(dollars.coldGigabytes).toBeCloseTo(27.086, 3);
    expect(dollars.coldTransitions).toBeCloseTo(0.2232, 4);
  });

  it('costs what Athena reads of it', () => {
    const { quantities, dollars } = costOf({ ...traffic, athenaGib: 512 }, setting);
    expect(quantities.athenaTebibytes).toBe(0.5);
    expect(dollars.athenaTebibytes).toBe(2.5);
    expect(costOf(traffic, setting).dollars.athenaTebibytes).toBe(0);
  });
});

describe('what goes out', () => {
  it('is an answer with its headers for every request and query', () => {
    const { quantities, dollars } = costOf(traffic, setting);
    expect(COUNTED_UNITS.answerBytes).toBe(79);
    expect(quantities.answerGigabytes).toBeCloseTo((43_800_000 * 479 + 156_000 * 4_400) / 1e9, 9);
    expect(dollars.answerGigabytes).toBeCloseTo(1.95, 2);
  });

  it('is the page, once for each person on each of 20 days, within the free tier of CloudFront', () => {
    const { quantities } = costOf(traffic, setting);
    expect(quantities).toMatchObject({ siteRequests: 500, siteStoredGigabytes: 0.005 });
    expect(quantities.siteGigabytes).toBeCloseTo(0.03, 9);
    expect(UNIT_PRICES.siteRequests.free).toBeGreaterThan(quantities.siteRequests);
    expect(UNIT_PRICES.siteGigabytes.free).toBeGreaterThan(quantities.siteGigabytes);
  });
});

it('the detailed metrics of API Gateway are five a method, those of queries in the hours of people', () => {
  // One method of ingest all month, and seven of analytics in 5 × 20 hours.
  expect(costOf(traffic, setting).quantities.methodMetrics).toBeCloseTo(5 * (1 + (7 * 100) / 730), 9);
  expect(costOf(traffic, setting).dollars.methodMetrics).toBeCloseTo(2.9384, 4);
});

it('one of several words is asked for by name', () => {
  expect(oneOf('--stream', 'on-demand', STREAM_MODES)).toBe('on-demand');
  expect(() => oneOf('--stream', 'free', STREAM_MODES)).toThrow(
    '--stream must be one of provisioned, on-demand, not "free"',
  );
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
