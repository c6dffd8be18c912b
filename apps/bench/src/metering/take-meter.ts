import type { MeterReading } from './meter-reading.js';
import { METER_PATH } from './metering-proxy.js';

/** What went through the metering proxy since the last time. */
export async function takeMeter(endpoint: string): Promise<MeterReading> {
  const answer = await fetch(new URL(METER_PATH, endpoint), { method: 'POST' });
  return (await answer.json()) as MeterReading;
}
