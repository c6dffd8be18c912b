import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { encodeEnvelope, type Envelope } from '@weir/telemetry-schema';
import { conserve, type LedgerReport } from './ledger.js';
import {
  DAY_MS,
  MINUTE_MS,
  NOON_MS,
  NOW_MS,
  TestWorld,
  makeEnvelope,
  makeReading,
} from './testing/test-world.js';

let world: TestWorld;

beforeEach(() => {
  world = new TestWorld();
});

function ledger(range = { fromMs: 0, toMs: NOW_MS }, lagMs = 0): Promise<LedgerReport> {
  return conserve({ range, lagMs }, { ...world.verifyPorts, quarantine: world.quarantine });
}

/** An object of the quarantine with readings, as process-fn writes it. */
function quarantine(reason: string, { requestId, receivedAt, readings }: Envelope): void {
  const body = { reason, detail: 'd', origin: { requestId, receivedAt, partitionKey: 'g' }, readings };
  const day = new Date(receivedAt).toISOString().slice(0, 10).replaceAll('-', '/');
  world.quarantine.put(`reason=${reason}/${day}/x.json`, Buffer.from(JSON.stringify(body)));
}

/** What Lambda writes of records that it gave up. */
function giveUp(envelope: Envelope): void {
  const kinesis = { data: gzipSync(encodeEnvelope(envelope)).toString('base64'), partitionKey: 'g' };
  const body = {
    requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 },
    KinesisBatchInfo: { approximateArrivalOfFirstRecord: new Date(envelope.receivedAt).toISOString() },
    payload: { Records: [{ kinesis }] },
  };
  world.quarantine.put('aws/lambda/mapping/shard/x', Buffer.from(JSON.stringify(body)));
}

describe('the ledger', () => {
  it('accounts for every point: stored, duplicate, superseded, quarantined', async () => {
    const first = makeEnvelope([makeReading({ metrics: { flow: 1, level: 2 } })], { requestId: 'r1' });
    const again = makeEnvelope([makeReading({ metrics: { flow: 1 } })], {
      requestId: 'r2',
      receivedAt: first.receivedAt + 10,
    });
    const correction = makeEnvelope([makeReading({ metrics: { level: 3 }, revision: 1 })], {
      requestId: 'r3',
      receivedAt: first.receivedAt + 20,
    });
    const refused = makeEnvelope([makeReading({ deviceId: 'pump-2', metrics: { flow: 1e9 } })], {
      requestId: 'r4',
    });
    await world.store(first, again, correction);
    quarantine('block_full', refused);
    world.archiveEnvelopes('a', first, again, correction, refused);
    expect(await ledger()).toMatchObject({
      devices: 2,
      accepted: 5,
      account: { stored: 2, duplicate: 1, superseded: 1, quarantined: 1, expired: 0, missing: 0 },
      missing: [],
    });
  });

  it('counts a record once, however often it was archived', async () => {
    const envelope = makeEnvelope([makeReading()]);
    await world.store(envelope);
    world.archiveEnvelopes('a', envelope, envelope);
    world.archiveEnvelopes('b', envelope);
    expect(await ledger()).toMatchObject({ accepted: 1, account: { stored: 1, duplicate: 0 } });
  });

  it('counts what a request repeats as often as it repeats it', async () => {
    const envelope = makeEnvelope([makeReading(), makeReading(), makeReading({ metrics: { flow: 0 } })]);
    await world.store(envelope);
    world.archiveEnvelopes('a', envelope);
    world.archiveEnvelopes('b', envelope);
    expect(await ledger()).toMatchObject({ accepted: 3, account: { stored: 1, duplicate: 2 } });
  });

  it('names what is missing, and why it thinks so', async () => {
    const stored = makeEnvelope([makeReading({ metrics: { flow: 1 } })], { requestId: 'r1' });
    const lost = makeEnvelope(
      [
        makeReading({ metrics: { level: 1 } }),
        makeReading({ timestamp: NOON_MS + DAY_MS }),
        makeReading({ metrics: { flow: 2 }, revision: 7 }),
      ],
      { requestId: 'r2' },
    );
    await world.store(stored);
    world.archiveEnvelopes('a', stored);
    world.archiveEnvelopes('b', lost);
    const { account, missing } = await ledger();
    expect(account).toMatchObject({ stored: 1, missing: 3 });
    expect(missing.map(({ requestId, metric, reason }) => [requestId, metric, reason])).toEqual([
      ['r2', 'level', 'its block lacks it'],
      ['r2', 'flow', 'its block is not there'],
      ['r2', 'flow', 'its block has a point that it outranks'],
    ]);
  });

  it('takes a record that was given up for quarantined, but what of it was stored for stored', async () => {
    const envelope = makeEnvelope([makeReading(), makeReading({ deviceId: 'pump-2' })]);
    await world.store(makeEnvelope([makeReading()]));
    giveUp(envelope);
    world.archiveEnvelopes('a', envelope);
    expect(await ledger()).toMatchObject({ account: { stored: 1, quarantined: 1, missing: 0 } });
  });

  it('knows what the registry converts, and misses what it refuses and nobody quarantined', async () => {
    await world.repositories.devices.putEntry(
      { deviceId: 'pump-1', effectiveFromMs: 0, metrics: { flow: { scale: 10, max: 100 } } },
      world.newWork(),
    );
    const converted = makeEnvelope([makeReading({ metrics: { flow: 5 } })]);
    const refused = makeEnvelope([makeReading({ timestamp: NOON_MS + 1, metrics: { flow: 50 } })]);
    await world.store(converted);
    world.archiveEnvelopes('a', converted, refused);
    expect(await ledger()).toMatchObject({
      account: { stored: 1, missing: 1 },
      missing: [{ reason: 'the registry refuses it, and the quarantine lacks it' }],
    });
    quarantine('out_of_range', refused);
    expect(await ledger()).toMatchObject({ account: { stored: 1, quarantined: 1, missing: 0 } });
  });

  it('tells expired blocks from lost ones by the rollups', async () => {
    const old = makeEnvelope([makeReading()]);
    const newer = makeEnvelope([makeReading({ timestamp: NOON_MS + 3 * DAY_MS })]);
    await world.store(old, newer);
    world.archiveEnvelopes('a', old);
    world.nowMs = NOW_MS + 40 * DAY_MS;
    expect(await ledger()).toMatchObject({ account: { expired: 1, missing: 0 } });
  });

  it('leaves out what was received outside of the range, or too recently', async () => {
    const envelope = makeEnvelope([makeReading()]);
    world.archiveEnvelopes('a', envelope);
    const { receivedAt } = envelope;
    const range = { fromMs: receivedAt, toMs: receivedAt + 1 };
    expect((await ledger(range)).accepted).toBe(1);
    expect((await ledger({ ...range, toMs: receivedAt })).accepted).toBe(0);
    expect((await ledger({ fromMs: receivedAt + 1, toMs: NOW_MS })).accepted).toBe(0);
    world.nowMs = receivedAt + MINUTE_MS;
    expect((await ledger({ fromMs: 0, toMs: NOW_MS }, MINUTE_MS)).accepted).toBe(0);
    expect((await ledger({ fromMs: 0, toMs: NOW_MS }, MINUTE_MS - 1)).accepted).toBe(1);
  });

  it('looks again before it misses anything', async () => {
    const envelope = makeEnvelope([makeReading()]);
    world.archiveEnvelopes('a', envelope);
    const ports = {
      ...world.verifyPorts,
      quarantine: world.quarantine,
      sleep: () => world.store(envelope),
    };
    const report = await conserve({ range: { fromMs: 0, toMs: NOW_MS }, lagMs: 0 }, ports);
    expect(report.account).toMatchObject({ stored: 1, missing: 0 });
  });

  it('balances for any traffic that is stored whole, and misses exactly what is taken away', async () => {
    const point = fc.record({
      deviceId: fc.constantFrom('a', 'b'),
      timestamp: fc.integer({ min: 0, max: 4 }).map((step) => NOON_MS + step * 4 * MINUTE_MS),
      metrics: fc.dictionary(fc.constantFrom('flow', 'level'), fc.integer({ min: -1, max: 1 }), {
        minKeys: 1,
      }),
      revision: fc.integer({ min: 0, max: 2 }),
    });
    const traffic = fc.array(fc.array(point, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(traffic, async (requests) => {
        world = new TestWorld();
        const envelopes = requests.map((readings, index) =>
          makeEnvelope(readings, { requestId: `r${index}`, receivedAt: NOON_MS + DAY_MS + index }),
        );
        await world.store(...envelopes);
        envelopes.forEach((envelope, index) => world.archiveEnvelopes(`o${index}`, envelope));
        const report = await ledger();
        const readings = requests.flat();
        const sent = readings.flatMap(({ metrics }) => Object.keys(metrics)).length;
        const identities = new Set(
          readings.flatMap(({ deviceId, timestamp, metrics }) =>
            Object.keys(metrics).map((metric) => `${deviceId} ${timestamp} ${metric}`),
          ),
        );
        expect(report.accepted).toBe(sent);
        expect(report.account).toMatchObject({ stored: identities.size, missing: 0, quarantined: 0 });
        const lost = makeReading({ deviceId: 'a', metrics: { lost: 1, gone: 2 } });
        world.archiveEnvelopes('lost', makeEnvelope([lost], { receivedAt: NOON_MS + DAY_MS }));
        expect((await ledger()).account).toEqual({ ...report.account, missing: 2 });
      }),
      { numRuns: 100 },
    );
  });
});
