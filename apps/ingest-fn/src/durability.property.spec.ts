import type { PublishEnvelopes } from '@weir/envelope-stream';
import { makePublisher } from '@weir/envelope-stream/testing';
import { ProblemError } from '@weir/telemetry-schema';
import fc from 'fast-check';
import { gunzipSync } from 'node:zlib';
import { acceptTelemetry } from './accept-telemetry.js';
import { telemetryResponse } from './transport.js';

const NOW_MS = Date.UTC(2026, 0, 1);

/** What happens to one PutRecords call: to the call as a whole, and to its records, of which it may acknowledge fewer. */
interface Fate {
  readonly call: 'answered' | 'request lost' | 'answer lost' | 'answer without records';
  readonly refused: readonly boolean[];
}

const fates = fc.array(
  fc.record<Fate>({
    call: fc.constantFrom('answered', 'answered', 'request lost', 'answer lost', 'answer without records'),
    refused: fc.array(fc.boolean(), { maxLength: 6 }),
  }),
  { maxLength: 12 },
);

/** Devices of many groups, so that a request becomes several envelopes. */
const readings = fc.array(
  fc.record({
    deviceId: fc.integer({ min: 1, max: 40 }).map((n) => `boiler-${n}`),
    timestamp: fc
      .integer({ min: 0, max: 59 })
      .map((second) => new Date(NOW_MS + second * 1000).toISOString()),
    metrics: fc.record({ temperature: fc.integer() }),
  }),
  { minLength: 1, maxLength: 30 },
);

/** A stream that keeps what it acknowledged. Calls beyond the script fail for ever. */
function makeStream(script: readonly Fate[]) {
  const acknowledged: { deviceId: string; timestamp: number; metrics: Record<string, number> }[] = [];
  let call = 0;
  const publish = makePublisher((records) => {
    const fate = script[call++] ?? { call: 'request lost', refused: [] };
    if (fate.call === 'request lost' || fate.call === 'answer lost') return new Error(fate.call);
    if (fate.call === 'answer without records') return {};
    const Records = records.map(({ Data }, index) => {
      if (fate.refused[index]) return { ErrorCode: 'ProvisionedThroughputExceededException' };
      acknowledged.push(...JSON.parse(gunzipSync(Data ?? '').toString()).readings);
      return { SequenceNumber: String(index) };
    });
    return { Records };
  }, NOW_MS);
  return { publish, acknowledged };
}

async function post(sent: readonly unknown[], publish: PublishEnvelopes): Promise<number> {
  const outcome = await acceptTelemetry(
    {
      requestId: 'request-1',
      readings: sent,
      receivedAtMs: NOW_MS,
      deviceGroups: 256,
      deadlineMs: NOW_MS + 5000,
      mayWrite: () => true,
    },
    publish,
  );
  try {
    return telemetryResponse(outcome, 'request-1').status;
  } catch (error) {
    if (error instanceof ProblemError) return error.status;
    throw error;
  }
}

const lineOf = (
  reading: { deviceId: string; metrics: Record<string, number> },
  timestampMs: number,
): string => `${reading.deviceId} ${timestampMs} ${JSON.stringify(reading.metrics)}`;

describe('a request', () => {
  it('is answered with 202 only if Kinesis has acknowledged all of it, else with 503', async () => {
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(readings, fates, async (sent, script) => {
        const { publish, acknowledged } = makeStream(script);
        const status = await post(sent, publish);
        const durable = new Set(acknowledged.map((reading) => lineOf(reading, reading.timestamp)));
        const complete = sent.every((reading) => durable.has(lineOf(reading, Date.parse(reading.timestamp))));
        expect(status).toBe(complete ? 202 : 503);
        statuses.add(status);
      }),
      { numRuns: 500 },
    );
    expect(statuses).toEqual(new Set([202, 503]));
  });
});
