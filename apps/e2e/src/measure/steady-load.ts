import { allWindows, call } from '../api.js';

export interface LoadOptions {
  readonly ingestUrl: string;
  readonly analyticsUrl: string;
  readonly token: string;
  readonly readings: number;
  /** Epoch milliseconds of the first reading of every device. */
  readonly startMs: number;
}

const devices = 100;
const readingsPerDeviceAndRequest = 10;
const stepMs = 10_000;
const senders = 4;
const metric = 'temperature';
const dayMs = 86_400_000;

const perRequest = devices * readingsPerDeviceAndRequest;

/** The number of readings that are really sent: whole requests. */
export function wholeRequests(readings: number): number {
  return Math.max(1, Math.round(readings / perRequest)) * perRequest;
}

/** How long before its end a load begins, in milliseconds of the readings' own time. */
export function spanMs(readings: number): number {
  return (wholeRequests(readings) / devices) * stepMs;
}

/**
 * Sends readings of 100 devices, each request ten of every device, and each again until it is accepted.
 *
 * @throws Error for an answer that says that sending again is no use.
 */
export async function sendLoad(options: LoadOptions): Promise<void> {
  const requests = wholeRequests(options.readings) / perRequest;
  let next = 0;
  const send = async (): Promise<void> => {
    for (let index = next++; index < requests; index = next++) await sendRequest(options, index);
  };
  await Promise.all(Array.from({ length: senders }, send));
}

async function sendRequest({ ingestUrl, token, startMs }: LoadOptions, index: number): Promise<void> {
  const readings = Array.from({ length: perRequest }, (_, place) => {
    const step = index * readingsPerDeviceAndRequest + Math.floor(place / devices);
    const device = place % devices;
    return {
      deviceId: deviceId(device),
      timestamp: startMs + step * stepMs,
      metrics: { [metric]: 20 + ((step * 7 + device) % 100) / 10, pressure: 3 + (step % 50) / 100 },
    };
  });
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  for (;;) {
    const { status, text } = await call(`${ingestUrl}/v1/telemetry`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ readings }),
    });
    if (status === 202) return;
    if (status !== 429 && status < 500) throw new Error(`The ingest API answered ${status}: ${text}`);
    await new Promise((proceed) => setTimeout(proceed, 200));
  }
}

/** How many of the readings can be queried. */
export async function countQueryable({
  analyticsUrl,
  token,
  readings,
  startMs,
}: LoadOptions): Promise<number> {
  const from = new Date(Math.floor(startMs / dayMs) * dayMs).toISOString();
  const to = new Date(Math.ceil((startMs + spanMs(readings)) / dayMs) * dayMs).toISOString();
  let count = 0;
  for (let device = 0; device < devices; device += 1) {
    const path = `/v1/devices/${deviceId(device)}/aggregates`;
    const windows = await allWindows(analyticsUrl, token, { path, metric, resolution: '1d', from, to });
    count += windows.reduce((sum, window) => sum + window.count, 0);
  }
  return count;
}

function deviceId(device: number): string {
  return `measured-${device}`;
}
