import type { TableItem } from '@weir/dynamo-repo';
import type { Envelope, EnvelopeReading } from '@weir/telemetry-schema';
import type { DifferenceKind } from './difference.js';
import {
  BLOCK_MS,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  NOON_MS,
  NOW_MS,
  TestWorld,
  makeEnvelope,
  makeReading,
} from './testing/test-world.js';
import { verify, type VerifyOptions, type VerifyReport } from './verify.js';

jest.setTimeout(60_000);

const NOON_DAY_MS = NOON_MS - 12 * HOUR_MS;

let world: TestWorld;

beforeEach(() => {
  world = new TestWorld();
});

/** Three days of a reading every 13 minutes, some of a second metric, one envelope an hour. */
function history(deviceId = 'pump-1'): Envelope[] {
  const readings: EnvelopeReading[] = [];
  for (let at = 0; at * 13 * MINUTE_MS < 3 * DAY_MS; at += 1) {
    const metrics = { flow: Math.sin(at) * 10, ...(at % 3 === 0 ? { level: at } : {}) };
    readings.push(makeReading({ deviceId, timestamp: NOON_DAY_MS + at * 13 * MINUTE_MS, metrics }));
  }
  const byHour = Map.groupBy(readings, ({ timestamp }) => Math.floor(timestamp / HOUR_MS));
  return [...byHour.values()].map((ofHour) => makeEnvelope(ofHour));
}

async function storedHistory(): Promise<Envelope[]> {
  const envelopes = history();
  await world.store(...envelopes);
  envelopes.forEach((envelope, index) => world.archiveEnvelopes(`h${index}`, envelope));
  return envelopes;
}

function check(options: Partial<VerifyOptions> = {}): Promise<VerifyReport> {
  const range = { fromMs: NOON_MS, toMs: NOON_MS + 1 };
  return verify({ range, deviceIds: [], lagMs: 0, repair: false, ...options }, world.verifyPorts);
}

const WHOLE = { range: { fromMs: NOON_DAY_MS, toMs: NOON_DAY_MS + 3 * DAY_MS } };

/** `kind level` of every difference that a report found first. */
function found({ devices }: VerifyReport): string[] {
  return devices.flatMap(({ differences }) => differences.map(({ kind, level }) => `${kind} ${level}`));
}

function items(prefix: string): TableItem[] {
  return world.repositories.table.scanned('D#pump-1', { from: prefix, to: `${prefix}~` });
}

function itemAt(prefix: string, timeMs: number): TableItem {
  const item = items(prefix).find(({ sk }) => Number(sk.slice(2)) === timeMs);
  if (!item) throw new Error(`there is no ${prefix} at ${timeMs}`);
  return item;
}

function changeItem(item: TableItem, changes: Readonly<Record<string, unknown>>): void {
  world.repositories.table.replace({ ...item, ...changes });
}

/** The content of every item of the device, without versions and expiry. */
function contents(): string[] {
  return items('').flatMap(({ sk, ...attributes }) =>
    Object.entries(attributes)
      .filter(([name]) => name.startsWith('d'))
      .map(([name, bytes]) => `${sk} ${name} ${Buffer.from(bytes as Uint8Array).toString('base64')}`)
      .sort(),
  );
}

describe('verify', () => {
  it('finds nothing where the store is what the archive makes it', async () => {
    const envelopes = await storedHistory();
    const report = await check(WHOLE);
    expect(report).toMatchObject({ differences: 0, archivedObjects: envelopes.length, range: WHOLE.range });
    expect(report.archivedReadings).toBe(envelopes.flatMap(({ readings }) => readings).length);
    expect(report.devices).toEqual([{ deviceId: 'pump-1', blocks: items('B#').length, differences: [] }]);
  });

  it('refuses to go by another length of blocks than the table has', async () => {
    await storedHistory();
    const options = { ...WHOLE, deviceIds: [], lagMs: 0, repair: true };
    await expect(verify(options, { ...world.verifyPorts, blockMs: BLOCK_MS / 2 })).rejects.toThrow(
      'The table has blocks of 10 minutes: say so with --block-minutes 10.',
    );
  });

  it('compares whole UTC days, and only the devices that it is told', async () => {
    await storedHistory();
    expect((await check()).range).toEqual({ fromMs: NOON_DAY_MS, toMs: NOON_DAY_MS + DAY_MS });
    const { devices } = await check({ deviceIds: ['pump-2'] });
    expect(devices).toEqual([{ deviceId: 'pump-2', blocks: 0, differences: [] }]);
  });

  it('is not impressed by duplicates, replays and conflicts, however they are archived', async () => {
    const envelopes = await storedHistory();
    const late = envelopes.map((envelope) => ({
      ...envelope,
      receivedAt: envelope.receivedAt + HOUR_MS,
      readings: envelope.readings.map((reading) => ({ ...reading, metrics: { flow: -99 } })),
    }));
    world.archiveEnvelopes('again', ...envelopes, ...late, ...envelopes);
    expect(await check(WHOLE)).toMatchObject({ differences: 0 });
  });

  it('converts by the registry, and does not miss what is in quarantine', async () => {
    await world.repositories.devices.putEntry(
      { deviceId: 'pump-1', effectiveFromMs: 0, metrics: { flow: { scale: 2, min: -10 } } },
      world.newWork(),
    );
    await storedHistory();
    expect(await check(WHOLE)).toMatchObject({ differences: 0 });
    await world.repositories.devices.putEntry(
      { deviceId: 'pump-1', effectiveFromMs: NOON_MS, metrics: { flow: { scale: 3 } } },
      world.newWork(),
    );
    expect((await check(WHOLE)).differences).toBeGreaterThan(0);
  });

  it('leaves out what was received within the lag, on either side', async () => {
    await storedHistory();
    const recent = makeEnvelope([makeReading({ timestamp: NOON_MS + 1, metrics: { flow: 5 } })], {
      receivedAt: NOW_MS - MINUTE_MS,
    });
    world.archiveEnvelopes('recent', recent);
    expect(await check({ lagMs: 2 * MINUTE_MS })).toMatchObject({ differences: 0 });
    expect(found(await check())).toEqual(['missing block', 'differs hour', 'differs day', 'differs month']);

    const other = new TestWorld();
    await other.store(recent);
    const options = { range: { fromMs: NOON_MS, toMs: NOON_MS + 1 }, deviceIds: [], repair: false };
    expect((await verify({ ...options, lagMs: 2 * MINUTE_MS }, other.verifyPorts)).differences).toBe(0);
    expect((await verify({ ...options, lagMs: 0 }, other.verifyPorts)).differences).toBe(1);
  });
});

type Damage = () => void | Promise<void>;

const damages: readonly (readonly [string, Damage, readonly `${DifferenceKind} ${string}`[]])[] = [
  [
    'a place in an hour that holds another',
    () => {
      const hour = itemAt('H#', NOON_MS);
      changeItem(hour, { d00: hour['d10'] ?? hour['d20'] });
    },
    ['differs hour'],
  ],
  [
    'a place in a day that holds another',
    () => {
      const day = itemAt('D#', NOON_DAY_MS);
      changeItem(day, { d12: day['d13'] });
    },
    ['differs day'],
  ],
  [
    'a place in a month that holds another',
    () => {
      const [month] = items('M#');
      if (month) changeItem(month, { d13: month['d14'] });
    },
    ['differs month'],
  ],
  [
    'an hour that is gone from its day, and its day from its month',
    () => {
      const { v12: _version, d12: _summaries, ...day } = itemAt('D#', NOON_DAY_MS);
      world.repositories.table.replace(day as TableItem);
      const { v13: _dayVersion, d13: _daySummaries, ...month } = items('M#')[0] ?? { pk: '', sk: '' };
      world.repositories.table.replace(month as TableItem);
    },
    ['missing day', 'missing month'],
  ],
];

describe('verify --repair', () => {
  it.each(damages)('mends %s, to the last byte', async (_what, damage, differences) => {
    await storedHistory();
    const before = contents();
    await damage();
    expect(contents()).not.toEqual(before);
    expect(found(await check())).toEqual(differences);
    const report = await check({ repair: true });
    expect(report).toMatchObject({ differences: 0 });
    expect(report.devices[0]?.mended).toEqual({ items: 0, blocks: 1, rollupSlots: 0, readingsSentBack: 0 });
    expect(contents()).toEqual(before);
    expect(await check(WHOLE)).toMatchObject({ differences: 0 });
  });

  it('mends a block that lost points and holds altered ones, and everything above it', async () => {
    await storedHistory();
    const before = contents();
    const { blocks } = world.repositories;
    const key = { deviceId: 'pump-1', slotStartMs: NOON_MS + 2 * BLOCK_MS };
    const [standing] = [...(await blocks.getMany([key], world.newWork())).values()];
    if (!standing) throw new Error('the fixture has no such block');
    const readings = standing.block.readings
      .slice(0, 1)
      .map((reading) => ({ ...reading, metrics: { flow: 99 } }));
    await blocks.write('pump-1', { ...standing.block, readings }, standing, NOW_MS, world.newWork());
    expect(found(await check())).toContain('differs block');
    expect(await check({ repair: true })).toMatchObject({ differences: 0 });
    expect(contents()).toEqual(before);
  });

  it('puts the readings of a block that was never stored back into the stream, as they were received', async () => {
    await storedHistory();
    const envelope = makeEnvelope([makeReading({ timestamp: NOON_MS - 400 * DAY_MS })], {
      requestId: 'lost',
    });
    world.archiveEnvelopes('lost', envelope);
    const range = { fromMs: NOON_MS - 400 * DAY_MS, toMs: NOON_MS - 400 * DAY_MS + 1 };
    const report = await check({ range, repair: true });
    expect(found(report)).toEqual(['missing block']);
    expect(report.devices[0]?.mended).toEqual({ items: 0, blocks: 0, rollupSlots: 0, readingsSentBack: 1 });
    expect(report.differences).toBe(1);
    expect(world.sent()).toEqual([envelope]);
  });

  it('says so when the stream does not take them', async () => {
    world.archiveEnvelopes('lost', makeEnvelope([makeReading()]));
    world.refusals = 1;
    await expect(check({ repair: true })).rejects.toThrow('Kinesis did not take 1 records in time');
  });

  it.each([
    ['a block', (): string[] => ['B#' + String(NOON_MS + 2 * BLOCK_MS).padStart(15, '0')]],
    ['an hour', (): string[] => ['H#' + String(NOON_MS).padStart(15, '0')]],
    ['a day', (): string[] => ['D#' + String(NOON_DAY_MS).padStart(15, '0')]],
    ['a month', (): string[] => ['M#' + String(Date.UTC(2026, 4, 1)).padStart(15, '0')]],
    ['a block with its hour', () => ['B#', 'H#'].map((name) => name + String(NOON_MS).padStart(15, '0'))],
  ])('brings %s back that was deleted by hand', async (_what, keys) => {
    await storedHistory();
    const before = contents();
    for (const sk of keys()) world.repositories.table.delete({ pk: 'D#pump-1', sk });
    expect((await check()).differences).toBeGreaterThan(0);
    await check({ ...WHOLE, repair: true });
    await check({ ...WHOLE, repair: true });
    expect(await check(WHOLE)).toMatchObject({ differences: 0 });
    expect(contents()).toEqual(before);
    expect(world.stream).toEqual([]);
  });

  it('keeps, and goes on reporting, what the archive cannot explain', async () => {
    await world.store(...history());
    const before = contents();
    const report = await check({ repair: true });
    expect(new Set(found(report))).toEqual(new Set(['not_in_archive block']));
    expect(report.differences).toBe(report.devices[0]?.differences.length);
    expect(contents()).toEqual(before);
  });

  it('merges with whoever writes meanwhile', async () => {
    await storedHistory();
    const hour = itemAt('H#', NOON_MS);
    changeItem(hour, { d00: hour['d10'] ?? hour['d20'] });
    const { blocks } = world.repositories;
    const write = blocks.write.bind(blocks);
    const recent = NOW_MS + MINUTE_MS;
    let interfered = false;
    blocks.write = async (...[deviceId, block, expected, nowMs, work]) => {
      if (!interfered && expected) {
        interfered = true;
        const reading = { timestampMs: NOON_MS + 7, metrics: { flow: 7 }, revision: 0, receivedAtMs: recent };
        const readings = [...expected.block.readings, reading];
        const others = {
          ...expected.block,
          readings: readings.sort((a, b) => a.timestampMs - b.timestampMs),
        };
        await write(deviceId, others, expected, nowMs, work);
      }
      return write(deviceId, block, expected, nowMs, work);
    };
    expect(await check({ repair: true })).toMatchObject({ differences: 0 });
    const [stored] = [
      ...(await blocks.getMany([{ deviceId: 'pump-1', slotStartMs: NOON_MS }], world.newWork())).values(),
    ];
    expect(stored?.block.readings.map(({ timestampMs }) => timestampMs)).toContain(NOON_MS + 7);
  });
});

describe('expired blocks', () => {
  const MONTHS_LATER_MS = NOW_MS + 60 * DAY_MS;

  it('are compared, and mended, by their places in the hours', async () => {
    await storedHistory();
    world.nowMs = MONTHS_LATER_MS;
    expect(await check()).toMatchObject({ differences: 0 });
    const before = contents();
    const hour = itemAt('H#', NOON_MS);
    changeItem(hour, { d00: hour['d10'] ?? hour['d20'] });
    expect((await check()).differences).toBeGreaterThan(0);
    const report = await check({ repair: true });
    expect(report).toMatchObject({ differences: 0 });
    expect(report.devices[0]?.mended).toMatchObject({ blocks: 0, rollupSlots: 1 });
    expect(contents()).toEqual(before);
  });

  it('are rebuilt with the readings that came too late', async () => {
    await storedHistory();
    world.nowMs = MONTHS_LATER_MS;
    world.archiveEnvelopes(
      'late',
      makeEnvelope([makeReading({ timestamp: NOON_MS + 1, metrics: { flow: 1_000 } })], {
        receivedAt: NOW_MS,
      }),
    );
    expect(found(await check())).toEqual(['differs hour', 'differs day', 'differs month']);
    expect(await check({ repair: true })).toMatchObject({ differences: 0 });
    const [hour] = await world.repositories.rollups.range(
      'pump-1',
      'hour',
      { fromMs: NOON_MS, toMs: NOON_MS + 1, limit: 1 },
      world.newWork(),
    );
    expect(hour?.slots[0]?.summaries.get('flow')?.max).toBe(1_000);
  });

  it('are mended in the day where the hour has expired as well', async () => {
    await storedHistory();
    world.nowMs = NOW_MS + 500 * DAY_MS;
    expect(await check()).toMatchObject({ differences: 0 });
    const day = itemAt('D#', NOON_DAY_MS);
    changeItem(day, { d12: day['d13'] });
    const report = await check({ repair: true });
    expect(found(report)).toContain('differs day');
    expect(report).toMatchObject({ differences: 0 });
    expect(itemAt('D#', NOON_DAY_MS)['d12']).toEqual(day['d12']);
  });

  it('never lose to an archive that has only a part of them', async () => {
    const envelopes = history();
    await world.store(...envelopes);
    envelopes.slice(0, 12).forEach((envelope, index) => world.archiveEnvelopes(`h${index}`, envelope));
    for (const nowMs of [MONTHS_LATER_MS, NOW_MS + 500 * DAY_MS]) {
      world.nowMs = nowMs;
      const before = contents();
      const report = await check({ repair: true });
      expect(new Set(found(report).map((text) => text.split(' ')[0]))).toEqual(new Set(['not_in_archive']));
      expect(contents()).toEqual(before);
    }
  });
});

describe('items that cannot be decoded', () => {
  const damages = [
    ['block', 'B#', NOON_MS + 2 * BLOCK_MS, { d: new Uint8Array([1, 2, 3]) }],
    ['block', 'B#', NOON_MS + 2 * BLOCK_MS, { v: 'nine' }],
    ['hour', 'H#', NOON_MS, { d20: new Uint8Array([1, 2, 3]) }],
    ['hour', 'H#', NOON_MS, { v20: -1, d00: 'text' }],
    ['hour', 'H#', NOON_MS, { v07: 1 }],
    ['day', 'D#', NOON_DAY_MS, { d12: new Uint8Array([1, 2, 3]) }],
    ['month', 'M#', Date.UTC(2026, 4, 1), { d13: null }],
  ] as const;

  it.each(damages)('are found and replaced: %s %s%d %j', async (level, prefix, startMs, changes) => {
    await storedHistory();
    const before = contents();
    changeItem(itemAt(prefix, startMs), changes);
    expect(found(await check())).toContain(`corrupt ${level}`);
    const report = await check({ repair: true });
    expect(report.devices[0]?.mended).toMatchObject({ items: 1, readingsSentBack: 0 });
    expect(report.devices[0]?.remaining).toEqual([]);
    expect(contents()).toEqual(before);
    expect(await check(WHOLE)).toMatchObject({ differences: 0 });
  });

  it.each([
    ['hour', 'H#', NOON_MS, 'v20'],
    ['day', 'D#', NOON_DAY_MS, 'v12'],
    ['month', 'M#', Date.UTC(2026, 4, 1), 'v13'],
  ])(
    'are found and replaced when they are ahead of what they were made of: %s',
    async (level, prefix, startMs, name) => {
      await storedHistory();
      const before = contents();
      const item = itemAt(prefix, startMs);
      changeItem(item, { [name]: 1_000 });
      expect(found(await check())).toEqual([`corrupt ${level}`]);
      expect(await check({ repair: true })).toMatchObject({ differences: 0 });
      expect(contents()).toEqual(before);
      expect(itemAt(prefix, startMs)[name]).toBe(item[name]);
    },
  );

  it('are left alone where the archive has less than was counted', async () => {
    const envelopes = history();
    await world.store(...envelopes);
    envelopes.slice(0, 12).forEach((envelope, index) => world.archiveEnvelopes(`h${index}`, envelope));
    world.nowMs = NOW_MS + 60 * DAY_MS;
    changeItem(itemAt('H#', NOON_MS), { d00: new Uint8Array([1]) });
    const before = contents();
    const report = await check({ repair: true });
    expect(report.devices[0]?.remaining?.map(({ kind }) => kind)).toContain('corrupt');
    expect(contents()).toEqual(before);
  });

  it('are left alone where they change meanwhile', async () => {
    await storedHistory();
    changeItem(itemAt('H#', NOON_MS), { d20: new Uint8Array([1]) });
    const { repair } = world.repositories;
    const standing = repair.standing.bind(repair);
    Object.assign(repair, {
      standing: async (...args: Parameters<typeof standing>) => {
        const found = await standing(...args);
        changeItem(itemAt('H#', NOON_MS), { v00: 5 });
        return found;
      },
    });
    const report = await check({ repair: true });
    expect(report.devices[0]?.mended).toMatchObject({ items: 0 });
    expect(report.differences).toBeGreaterThan(0);
  });
});
