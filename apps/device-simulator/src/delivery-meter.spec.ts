import { createDeliveryMeter } from './delivery-meter.js';

it('adds up what clients deliver, with the rate of the last ten seconds', async () => {
  const clock = { nowMs: 0 };
  const meter = createDeliveryMeter(
    () => Promise.resolve(new Response()),
    () => clock.nowMs,
  );
  const one = { stats: { sent: 0, accepted: 0, rejected: 0, requests: 0, retries: 0 } };
  const other = { stats: { sent: 50, accepted: 40, rejected: 0, requests: 1, retries: 0 } };
  meter.watch(one);
  meter.watch(other);

  for (clock.nowMs = 1_000; clock.nowMs <= 60_000; clock.nowMs += 1_000) {
    one.stats = { sent: 300, accepted: one.stats.accepted + 3, rejected: 1, requests: 9, retries: 2 };
    meter.text();
  }
  await meter.fetch('http://a', {});

  expect(meter.counts()).toMatchObject({ sent: 350, settled: 221, inFlight: 129, requests: 10 });
  expect(meter.text()).toMatch(
    /^3 readings\/s, 129 in flight, 220 accepted, 1 rejected, 2 retries, p50 \d+ ms, p99 \d+ ms$/,
  );
});
