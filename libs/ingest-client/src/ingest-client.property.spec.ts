import { gunzipSync } from 'node:zlib';

import { createManualRuntime } from '@weir/client-core/testing';
import fc from 'fast-check';

import { createIngestClient } from './ingest-client.js';
import type { Reading } from './reading.js';

/** What becomes of one request. `lost` is accepted, but its answer does not arrive. */
type Fate = 'accept' | 'lost' | 'break' | 'unavailable' | 'throttle' | 'too_large' | 'reject_some';

const FATES: readonly Fate[] = [
  'accept',
  'lost',
  'break',
  'unavailable',
  'throttle',
  'too_large',
  'reject_some',
];

/** An API that has a fate for each of its first requests and accepts what comes after. */
function makeApi(fates: readonly Fate[]) {
  const durable: number[] = [];
  const tooLargeAlone: number[] = [];
  let requests = 0;
  const answer = (fate: Fate, numbers: readonly number[]): Response => {
    const rejected = numbers
      .map((_, index) => ({ index, code: 'invalid_reading', detail: 'd' }))
      .filter(({ index }) => fate === 'reject_some' && index % 3 === 1);
    switch (fate) {
      case 'break':
        throw new TypeError('fetch failed');
      case 'unavailable':
        return new Response(null, { status: 503 });
      case 'throttle':
        return new Response(null, { status: 429, headers: { 'Retry-After': '1' } });
      case 'too_large':
        if (numbers.length === 1) tooLargeAlone.push(...numbers);
        return new Response(null, { status: 413 });
      case 'lost':
        durable.push(...numbers);
        throw new TypeError('fetch failed');
      default:
        durable.push(...numbers.filter((_, place) => !rejected.some(({ index }) => index === place)));
        return Response.json(
          { accepted: numbers.length - rejected.length, rejected, requestId: 'r' },
          { status: 202 },
        );
    }
  };
  const callFetch = (_url: string, { body }: RequestInit): Promise<Response> => {
    const { readings } = JSON.parse(gunzipSync(body as Uint8Array).toString()) as { readings: Reading[] };
    const numbers = readings.map(({ metrics }) => metrics['n'] ?? -1);
    requests += 1;
    const fate = fates[requests - 1] ?? 'accept';
    return new Promise((resolve) => resolve(answer(fate, numbers)));
  };
  return { callFetch, durable, tooLargeAlone };
}

describe('an ingest client', () => {
  it('settles every reading exactly once, in order, whatever the API and the network do', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...FATES), { maxLength: 30 }),
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 30 }),
        async (fates, total, maxBatchReadings, maxQueuedReadings) => {
          const api = makeApi(fates);
          const rejected: number[] = [];
          const client = createIngestClient(
            {
              baseUrl: 'http://weir.test',
              token: 't',
              fetch: api.callFetch,
              maxBatchReadings,
              maxQueuedReadings,
              onRejected: ({ metrics }) => rejected.push(metrics['n'] ?? -1),
            },
            createManualRuntime(),
          );
          for (let n = 0; n < total; n += 1) {
            await client.send({ deviceId: 'd', timestamp: 1_700_000_000_000 + n, metrics: { n } });
          }
          await client.close();

          const inOrderOfArrival = [...new Set(api.durable)];
          expect(inOrderOfArrival).toEqual([...inOrderOfArrival].sort((a, b) => a - b));
          expect(new Set([...api.durable, ...rejected]).size).toBe(total);
          expect(new Set(rejected).size).toBe(rejected.length);
          for (const n of api.tooLargeAlone) expect(rejected).toContain(n);
          expect(client.stats).toMatchObject({ sent: total, accepted: total - rejected.length });
          expect(client.stats.rejected).toBe(rejected.length);
        },
      ),
    );
  });
});
