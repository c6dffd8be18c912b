import type { AddressInfo } from 'node:net';
import { startMeteringProxy } from './metering-proxy.js';

/** A metering proxy in a process of its own, so that its work is nobody else's CPU time. Ends with its parent. */
const server = await startMeteringProxy(process.argv[2] ?? '');
process.on('disconnect', () => process.exit());
process.send?.((server.address() as AddressInfo).port);
