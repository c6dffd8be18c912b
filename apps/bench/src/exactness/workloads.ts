import type { WorkloadSettings } from './workload.js';

/** The workloads that every design is measured with, by name. */
export function workloadsOf(devices: number, seed: number): Readonly<Record<string, WorkloadSettings>> {
  const hour = { devices, hours: 1, metrics: 3, faults: false, replay: false, seed };
  return {
    'one reading a batch, 3 metrics': { ...hour, perBatch: 1 },
    'one reading a batch, 5 metrics': { ...hour, perBatch: 1, metrics: 5 },
    'ten readings a batch, 3 metrics': { ...hour, perBatch: 10 },
    'ten readings a batch, 5 metrics': { ...hour, perBatch: 10, metrics: 5 },
    'faults, one reading a batch': { ...hour, perBatch: 1, faults: true },
    'faults, ten readings a batch': { ...hour, perBatch: 10, faults: true },
    'faults and a replay, one reading a batch': { ...hour, perBatch: 1, faults: true, replay: true },
    'faults and a replay, ten readings a batch': { ...hour, perBatch: 10, faults: true, replay: true },
    'a whole day, ten readings a batch': { ...hour, hours: 24, perBatch: 10 },
  };
}
