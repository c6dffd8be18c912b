import type { WorkloadSettings } from './workload.js';

/** One workload, in one or two stages that are shown by themselves. */
export interface NamedWorkload {
  readonly name: string;
  /** The name of the second stage, in which everything comes once more, where there is one. */
  readonly replayed?: string;
  readonly settings: WorkloadSettings;
}

/** A day takes as long as 24 workloads of an hour, and its counts a reading do not depend on the number of devices either. */
const DEVICES_OF_AN_HOUR_TO_THOSE_OF_A_DAY = 20;

/** The workloads that every design is measured with. */
export function workloadsOf(devices: number, seed: number): readonly NamedWorkload[] {
  const hour = { devices, hours: 1, metrics: 3, faults: false, replay: false, seed };
  const batches = [
    { words: 'one reading a batch', perBatch: 1 },
    { words: 'ten readings a batch', perBatch: 10 },
  ];
  return [
    ...batches.flatMap(({ words, perBatch }) =>
      [3, 5].map((metrics) => ({
        name: `${words}, ${metrics} metrics`,
        settings: { ...hour, perBatch, metrics },
      })),
    ),
    ...batches.map(({ words, perBatch }) => ({
      name: `faults, ${words}`,
      replayed: `faults and a replay, ${words}`,
      settings: { ...hour, perBatch, faults: true, replay: true },
    })),
    {
      name: 'a whole day, ten readings a batch',
      settings: {
        ...hour,
        devices: Math.ceil(devices / DEVICES_OF_AN_HOUR_TO_THOSE_OF_A_DAY),
        hours: 24,
        perBatch: 10,
      },
    },
  ];
}
