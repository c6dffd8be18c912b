import { createProgress } from './progress.js';

function prepare(rewrites: boolean) {
  const written: string[] = [];
  const clock = { nowMs: 0 };
  const meter = { settled: 0 };
  const progress = createProgress(
    1000,
    {
      counts: () => ({
        ...{ sent: 0, accepted: 0, rejected: 0, requests: 0, retries: 0, inFlight: 0 },
        settled: meter.settled,
      }),
      text: () => 'COUNTS',
    },
    { write: (text) => written.push(text), rewrites },
    () => clock.nowMs,
  );
  return { written, clock, meter, progress };
}

describe('createProgress', () => {
  it('rewrites one line on a terminal', () => {
    const { written, meter, progress } = prepare(true);

    meter.settled = 500;
    progress.show({ records: 3, iteratorAgeMs: 1250 });
    progress.line('something happened');
    progress.show(undefined);
    progress.end();

    expect(written.join('')).toBe(
      '\r500 of 1000 readings (50 %), COUNTS, lag 3 records, 1.3 s\u001b[K' +
        '\r\u001b[Ksomething happened\n' +
        '\r500 of 1000 readings (50 %), COUNTS\u001b[K' +
        '\r\u001b[K',
    );
  });

  it('writes a line every five seconds elsewhere', () => {
    const { written, clock, meter, progress } = prepare(false);

    for (clock.nowMs = 1000; clock.nowMs <= 11_000; clock.nowMs += 1000) {
      meter.settled += 100;
      progress.missing('group', 7);
      progress.show(undefined);
    }

    expect(written).toEqual([
      '500 of 1000 readings (50 %), COUNTS, waiting for 7 to be queryable\n',
      '1000 of 1000 readings (100 %), COUNTS, waiting for 7 to be queryable\n',
    ]);
  });
});
