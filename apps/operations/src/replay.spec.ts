import { DEVICE_GROUPS, partitionKeyOf, deviceGroup, type Envelope } from '@weir/telemetry-schema';
import { replayArchive, type ReplayOptions, type ReplayTotals } from './replay.js';
import { DAY_MS, HOUR_MS, NOON_MS, TestWorld, makeEnvelope, makeReading } from './testing/test-world.js';

let world: TestWorld;
let pausedMs: number;
let progress: ReplayTotals[];
let stop: AbortController;

beforeEach(() => {
  world = new TestWorld();
  pausedMs = 0;
  progress = [];
  stop = new AbortController();
});

function replay(options: Partial<ReplayOptions> = {}): Promise<ReplayTotals> {
  const range = { fromMs: NOON_MS, toMs: NOON_MS + DAY_MS };
  return replayArchive(
    { range, deviceIds: [], ratePerSecond: 1_000_000, dryRun: false, ...options },
    {
      archive: world.archive,
      publish: (records) => world.publish(records),
      deviceGroups: DEVICE_GROUPS.fallback,
      clock: () => world.nowMs,
      sleep: async (ms) => {
        pausedMs += ms;
        world.nowMs += ms;
      },
      onProgress: (totals) => progress.push(totals),
      signal: stop.signal,
    },
  );
}

function received(receivedAt: number, ...values: readonly number[]): Envelope {
  const readings = values.map((value) => makeReading({ metrics: { flow: value } }));
  return makeEnvelope(readings, { receivedAt, requestId: `r${receivedAt}`, trace: 'Root=1' });
}

function withoutTrace({ version, receivedAt, requestId, readings }: Envelope): Envelope {
  return { version, receivedAt, requestId, readings };
}

describe('replayArchive', () => {
  it('puts back what was received in the range, in order, under its own time and the key of its group', async () => {
    const inRange = [
      received(NOON_MS, 1, 2),
      received(NOON_MS + HOUR_MS, 3),
      received(NOON_MS + DAY_MS - 1, 4),
    ];
    const lastKey = inRange.map((envelope, index) => world.archiveEnvelopes(`o${index}`, envelope)).at(-1);
    world.archiveEnvelopes('early', received(NOON_MS - 1, 9));
    world.archiveEnvelopes('late', received(NOON_MS + DAY_MS, 9));
    expect(await replay()).toMatchObject({ objects: 3, envelopes: 3, readings: 4, lastKey });
    expect(world.sent()).toEqual(inRange.map(withoutTrace));
    expect(new Set(world.stream.map(({ partitionKey }) => partitionKey))).toEqual(
      new Set([partitionKeyOf(deviceGroup('pump-1', DEVICE_GROUPS.fallback))]),
    );
  });

  it('finds what arrived in an object that began the hour before', async () => {
    world.archiveEnvelopes('o', received(NOON_MS - 60_000, 9), received(NOON_MS, 1));
    expect(await replay()).toMatchObject({ readings: 1 });
  });

  it('replays one device, and only counts in a dry run', async () => {
    const both = [makeReading(), makeReading({ deviceId: 'pump-2' })];
    world.archiveEnvelopes('o', makeEnvelope(both, { receivedAt: NOON_MS }), received(NOON_MS, 5));
    expect(await replay({ deviceIds: ['pump-2'], dryRun: true })).toMatchObject({
      envelopes: 1,
      readings: 1,
    });
    expect(world.stream).toEqual([]);
    await replay({ deviceIds: ['pump-2'] });
    expect(world.sent().flatMap(({ readings }) => readings)).toEqual([both[1]]);
  });

  it('keeps to the rate', async () => {
    for (let hour = 0; hour < 5; hour += 1) {
      world.archiveEnvelopes(`o${hour}`, received(NOON_MS + hour * HOUR_MS, ...Array<number>(100).fill(1)));
    }
    await replay({ ratePerSecond: 50 });
    expect(pausedMs).toBe(8_000);
  });

  it('ends after the object at hand when it is told to, and goes on there', async () => {
    for (let hour = 0; hour < 3; hour += 1) {
      world.archiveEnvelopes(`o${hour}`, received(NOON_MS + hour * HOUR_MS, hour));
    }
    stop.abort();
    const { lastKey } = await replay();
    expect(world.stream).toHaveLength(1);
    stop = new AbortController();
    expect(await replay({ afterKey: lastKey ?? '' })).toMatchObject({ objects: 2 });
    expect(world.sent().map(({ receivedAt }) => receivedAt)).toEqual(
      [0, 1, 2].map((hour) => NOON_MS + hour * HOUR_MS),
    );
    expect(progress).toHaveLength(3);
  });

  it('says how to go on when Kinesis does not take a batch', async () => {
    const key = world.archiveEnvelopes('o0', received(NOON_MS, 1));
    world.archiveEnvelopes('o1', received(NOON_MS + HOUR_MS, 2));
    const publish = world.publish.bind(world);
    let calls = 0;
    world.publish = async (records) => {
      calls += 1;
      return calls === 2 ? { failed: 1, retries: 0 } : publish(records);
    };
    await expect(replay()).rejects.toThrow(
      `Kinesis did not take 1 records in time. Go on with --after ${key}.`,
    );
  });
});
