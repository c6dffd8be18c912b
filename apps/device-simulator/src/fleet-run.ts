import type { IngestClient, Reading } from '@weir/ingest-client';

import { dueMs, finalReading, sentAt, sentAtEnd } from './fleet-traffic.js';
import type { FleetDevice, SentReading, TrafficPlan } from './fleet-traffic.js';

export interface FleetRunOptions {
  plan: TrafficPlan;
  devices: readonly FleetDevice[];
  /** How long after the plan's start ticks are due; Infinity for a fleet that runs until it is stopped. */
  durationMs: number;
  /** So much of the time before the start is told first, by the minute. */
  historyMs: number;
}

export interface FleetRunParts {
  client: Pick<IngestClient, 'send'>;
  /** Now, in epoch milliseconds. */
  clock(): number;
  /** Resolves after `durationMs`; rejects when the signal is aborted. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
  /** Told of every reading that can never be accepted, before it is sent. */
  onGarbage(reading: Reading): void;
  /** Told how long ago what is sent now was due, in milliseconds. */
  onBehind(behindMs: number): void;
}

const MINUTE_MS = 60_000;
/** Readings that are due within so long are sent together: a timer for each of a thousand a second would be waste. */
const TOGETHER_MS = 50;
/** A fleet without an end leaves out what is older: a laptop that was shut for a week need not be filled in. */
export const CATCH_UP_MS = 2 * 3_600_000;

/**
 * Sends a fleet's readings when they are due, never sooner. While the client makes it wait, devices go on measuring: what is late is
 * sent afterwards, and only a fleet without an end leaves out what is older than {@link CATCH_UP_MS}. At most one reading is made
 * that the client has no room for.
 *
 * When the signal is aborted no further tick begins; what devices have kept until then is sent as at the end.
 *
 * @returns for each device the tick that it did not come to any more: the plan's end, or less when the signal was aborted.
 * @throws whatever the client's `send` rejects with.
 */
export async function runFleet(
  options: FleetRunOptions,
  parts: FleetRunParts,
  signal: AbortSignal,
): Promise<Map<FleetDevice, number>> {
  const { plan, devices, durationMs } = options;
  const ends = new Map(devices.map((device) => [device, device.firstTick]));
  const send = createSend(parts);
  await send(historyOf(options));
  const endMs = plan.startMs + durationMs;
  for (let round = 0; ; round += 1) {
    for (const device of devices) {
      const tick = device.firstTick + round;
      if (dueMs(plan, device, tick) >= endMs) continue;
      await waitUntilDue(dueMs(plan, device, tick), parts, signal);
      if (signal.aborted) break;
      await send(sentAt(plan, device, tick));
      ends.set(device, tick + 1);
    }
    const [first] = devices;
    const nextMs = first === undefined ? endMs : dueMs(plan, first, first.firstTick + round + 1);
    if (signal.aborted || nextMs >= endMs) break;
    const tooLateMs = parts.clock() - CATCH_UP_MS - nextMs;
    if (durationMs === Number.POSITIVE_INFINITY && tooLateMs > 0) {
      round += Math.ceil(tooLateMs / plan.profile.intervalMs);
    }
  }
  for (const [device, end] of ends) await send(sentAtEnd(plan, device, end));
  return ends;
}

/** What holds in the end of a device that stopped before a tick: one reading a tick, the told history included. */
export function* finalReadings(
  { plan, historyMs }: Pick<FleetRunOptions, 'plan' | 'historyMs'>,
  device: FleetDevice,
  endTick: number,
): Generator<Reading> {
  for (const tick of historyTicks(plan, device, historyMs)) yield finalReading(plan, device, tick);
  for (let tick = device.firstTick; tick < endTick; tick += 1) yield finalReading(plan, device, tick);
}

/** Minute by minute, what is known of it in the end. */
function* historyOf({ plan, devices, historyMs }: FleetRunOptions): Generator<SentReading> {
  const ticks = devices.map((device) => historyTicks(plan, device, historyMs));
  const longest = Math.max(0, ...ticks.map(({ length }) => length));
  for (let place = 0; place < longest; place += 1) {
    for (const [index, device] of devices.entries()) {
      const tick = ticks[index]?.[place];
      if (tick !== undefined) yield { reading: finalReading(plan, device, tick), garbage: false };
    }
  }
}

/** A device's first tick of every minute, or every one where they are further apart; those before its first of the run. */
function historyTicks(plan: TrafficPlan, device: FleetDevice, historyMs: number): number[] {
  const { intervalMs } = plan.profile;
  const every = Math.max(1, Math.floor(MINUTE_MS / intervalMs));
  const ticks: number[] = [];
  const earliest = device.firstTick - Math.floor(historyMs / intervalMs);
  for (let tick = Math.ceil(earliest / every) * every; tick < device.firstTick; tick += every)
    ticks.push(tick);
  return ticks;
}

async function waitUntilDue(
  atMs: number,
  { clock, sleep, onBehind }: FleetRunParts,
  signal: AbortSignal,
): Promise<void> {
  const waitMs = atMs - clock();
  onBehind(Math.max(0, -waitMs));
  if (waitMs <= 0 || signal.aborted) return;
  await sleep(Math.max(waitMs, TOGETHER_MS), signal).catch((error: unknown) => {
    // A sleep that the signal ended is no error: the loop sees the signal itself.
    if (!signal.aborted) throw error;
  });
}

/** Makes a function that hands readings to the client, waiting for room after each. */
function createSend({ client, onGarbage }: FleetRunParts) {
  return async (readings: Iterable<SentReading>): Promise<void> => {
    for (const { reading, garbage } of readings) {
      if (garbage) onGarbage(reading);
      await client.send(reading);
    }
  };
}
