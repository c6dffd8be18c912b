import { createAnalyticsClient } from '@weir/analytics-client';

import { compareWindows, rememberWindows } from './replay-check.js';
import { makeWindow } from './testing/aggregate-window.js';

type Window = ReturnType<typeof makeWindow>;

const series = (...windows: Window[]) => [{ deviceId: 'd', metric: 'm', windows }];
const START = '2026-11-01T12:00:00.000Z';
const FIRST_ENDS_MS = Date.UTC(2026, 10, 1, 12, 1);

/** The first window before and after, settled or not by a millisecond. */
function broken(kind: 'settled' | 'live', before: Partial<Window>, after: Partial<Window>): string[] {
  const settledToMs = kind === 'settled' ? FIRST_ENDS_MS : FIRST_ENDS_MS - 1;
  const memory = { series: series(makeWindow(0, before)), settledToMs };
  return compareWindows(memory, series(makeWindow(0, after))).broken;
}

describe('compareWindows', () => {
  it('counts settled and live windows of before, and leaves new ones alone', () => {
    const memory = {
      series: series(makeWindow(0), makeWindow(1), makeWindow(2)),
      settledToMs: FIRST_ENDS_MS,
    };
    const after = series(makeWindow(0), makeWindow(1), makeWindow(2), makeWindow(3));
    expect(compareWindows(memory, after)).toEqual({ settled: 1, live: 2, broken: [] });
  });

  it.each(['count', 'sum', 'min', 'max', 'avg', 'stddev', 'first', 'last', 'p50', 'p95', 'p99'] as const)(
    'finds another %s of a settled window, higher or lower',
    (name) => {
      const low = { [name]: 1_000 };
      const high = { [name]: 1_001 };
      expect(broken('settled', low, high)).toEqual([`d m ${START}: ${name} 1000 → 1001`]);
      expect(broken('settled', high, low)).toEqual([`d m ${START}: ${name} 1001 → 1000`]);
    },
  );

  it.each(['settled', 'live'] as const)(
    'finds a version of a %s window that falls, not one that rises',
    (kind) => {
      expect(broken(kind, { version: 9 }, { version: 8 })).toEqual([`d m ${START}: version 9 → 8`]);
      expect(broken(kind, { version: 8 }, { version: 9 })).toEqual([]);
    },
  );

  it.each(['settled', 'live'] as const)(
    'finds a %s window that is final no longer, not one that becomes so',
    (kind) => {
      expect(broken(kind, { final: true }, { final: false })).toEqual([`d m ${START}: final true → false`]);
      expect(broken(kind, { final: false }, { final: true })).toEqual([]);
    },
  );

  it.each([
    ['count', 5, 4],
    ['min', 5, 6],
    ['max', 5, 4],
  ] as const)('finds a value taken from a live window by its %s, not one added', (name, before, after) => {
    expect(broken('live', { [name]: before }, { [name]: after })).toEqual([
      `d m ${START}: ${name} ${before} → ${after}`,
    ]);
    expect(broken('live', { [name]: after }, { [name]: before })).toEqual([]);
  });

  it.each(['sum', 'avg', 'stddev', 'first', 'last', 'p50', 'p95', 'p99'] as const)(
    'lets the %s of a live window go up and down',
    (name) => {
      expect(broken('live', { [name]: 5 }, { [name]: 4 })).toEqual([]);
      expect(broken('live', { [name]: 4 }, { [name]: 5 })).toEqual([]);
    },
  );

  it('finds a window that is gone, settled or live', () => {
    const memory = {
      series: series(makeWindow(0), makeWindow(1), makeWindow(2)),
      settledToMs: FIRST_ENDS_MS,
    };
    expect(compareWindows(memory, series(makeWindow(1))).broken).toEqual([
      `d m ${START}: gone`,
      'd m 2026-11-01T12:02:00.000Z: gone',
    ]);
  });
});

describe('rememberWindows', () => {
  const untilMs = Date.UTC(2026, 10, 1, 12, 30, 20);

  /** A device whose newest block has only just begun, with `pressure` alone. */
  function startOfBlock() {
    const asked: URL[] = [];
    const answers: Readonly<Record<string, object>> = {
      '/v1/devices': {
        items: [{ deviceId: 'd', registered: true, latest: { pressure: { value: 2, timestamp: '' } } }],
      },
      '/v1/devices/d/readings': {
        deviceId: 'd',
        items: [
          { timestamp: '2026-11-01T12:30:00.000Z', metrics: { pressure: 2 } },
          { timestamp: '2026-11-01T12:29:59.000Z', metrics: { temperature: 70, pressure: 2 } },
        ],
      },
      '/v1/devices/d/aggregates': { deviceId: 'd', resolution: '1m', windows: [makeWindow(0)] },
    };
    const client = createAnalyticsClient({
      baseUrl: 'http://analytics.example',
      token: 'secret',
      fetch: async (address) => {
        const url = new URL(address);
        asked.push(url);
        return Response.json(answers[url.pathname], { status: url.pathname in answers ? 200 : 404 });
      },
    });
    return { client, asked };
  }

  it('has every metric, though the newest block has only just begun and lacks one', async () => {
    const { client } = startOfBlock();
    const { series } = await rememberWindows(client, untilMs, new AbortController().signal);
    expect(series.map(({ metric, windows }) => [metric, windows.length])).toEqual([
      ['pressure', 1],
      ['temperature', 1],
    ]);
  });

  it('asks for two hours up to the end of the minute under way, of which two minutes are live', async () => {
    const { client, asked } = startOfBlock();
    const { settledToMs } = await rememberWindows(client, untilMs, new AbortController().signal);
    const ranges = asked
      .filter(({ pathname }) => pathname !== '/v1/devices')
      .map(({ searchParams }) => [searchParams.get('from'), searchParams.get('to')]);
    const range = ['2026-11-01T10:31:00.000Z', '2026-11-01T12:31:00.000Z'];
    expect(ranges).toEqual([range, range, range]);
    expect(new Date(settledToMs).toISOString()).toBe('2026-11-01T12:28:20.000Z');
  });
});
