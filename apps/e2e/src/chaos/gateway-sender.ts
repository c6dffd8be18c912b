import { setTimeout as delay } from 'node:timers/promises';
import { deliver, type Delivery } from './device-sender.js';
import type { Gateway } from './fleet.js';
import type { Stage } from './stage.js';
import { EchoTraffic, Traffic, type DeviceRequest } from './traffic.js';

/** Lets one gateway send until it is over: its own sender, and a second one that echoes it at the same time. */
export async function sendAll(
  gateway: Gateway,
  { seed, runtime, token, ledger }: Stage,
  delivery: Delivery,
  isOver: () => boolean,
): Promise<void> {
  const traffic = new Traffic(seed, gateway);
  const echoes = new EchoTraffic(seed, gateway);
  const begun: DeviceRequest[] = [];
  const transmit = async (request: DeviceRequest): Promise<void> => {
    for (const item of request.items) if ('reading' in item) ledger.add(item.reading);
    await deliver(request, runtime, token, delivery);
    await delay(request.pauseMs);
  };
  const own = async (): Promise<void> => {
    while (!isOver()) {
      const request = traffic.next();
      begun.push(request);
      await transmit(request);
    }
  };
  const echo = async (): Promise<void> => {
    while (!isOver()) {
      const heard = begun.shift();
      const request = heard && echoes.after(heard);
      if (request === undefined) await delay(20);
      else await transmit(request);
    }
  };
  await Promise.all([own(), echo()]);
}
