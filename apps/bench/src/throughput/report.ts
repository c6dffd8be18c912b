import { readFileSync } from 'node:fs';
import { markdownTable } from '../markdown-table.js';
import type { Goal, PartReport } from '../part-report.js';
import type { Throughput } from './measure-throughput.js';

const KERNEL_RATIO_MAX = 2;
const PROCESS_RATIO_MAX = 1.3;
const INGEST_RATIO_MAX = 2;

const PROCESS_TEXT = `process-fn as it is built, warm, in its steady state: 100 devices, each with an envelope of 60 readings that belong to a
block which the container remembers, against a store that answers at once from a process of its own. _Decoding_ is base64, gunzip and
JSON.parse of the envelope; the _kernel_ is all that the function computes for it: decode, check, cleanse, merge, encode. The _floor_ is the
kernel and as many puts of the same items by the AWS SDK alone as the function makes requests. CPU time per device, with its
readings; medians, all by turns in one run.`;

const INGEST_TEXT = `ingest-fn as it is built, against a stream that takes everything: requests of 500 readings of three metrics. The _floor_ is
JSON.parse of the body and gzip of it, with zlib's defaults as in the function. A _bare put_ is PutRecords of the
same envelopes by the AWS SDK alone, which the floor does not contain. CPU time per request; medians, by turns.`;

export const throughputReport: PartReport<Throughput> = {
  section: ({ processing, ingesting }) => [
    '## Throughput',
    PROCESS_TEXT,
    markdownTable(
      [
        'metrics',
        'decoding µs',
        'kernel µs',
        'a bare put µs',
        'handler µs',
        'handler by floor',
        'readings/s/core',
      ],
      processing.map((time) => [
        time.metrics,
        time.decodeMicros.toFixed(0),
        `${time.kernelMicros.toFixed(0)} (${time.kernelToDecode.toFixed(2)} × decoding)`,
        time.barePutMicros.toFixed(0),
        time.handlerMicros.toFixed(0),
        time.handlerToFloor.toFixed(2),
        perSecond(time.readings, time.handlerMicros),
      ]),
    ),
    INGEST_TEXT,
    markdownTable(
      [
        'devices in a request',
        'floor µs',
        'a bare put µs',
        'handler µs',
        'handler by floor',
        'handler by floor and put',
        'readings/s/core',
      ],
      ingesting.map((time) => [
        time.devices,
        time.floorMicros.toFixed(0),
        time.barePutMicros.toFixed(0),
        time.handlerMicros.toFixed(0),
        time.handlerToFloor.toFixed(2),
        time.handlerToFloorAndPut.toFixed(2),
        perSecond(time.readings, time.handlerMicros),
      ]),
    ),
    readFileSync(new URL('./optimisations.md', import.meta.url), 'utf8').trim(),
  ],
  goals: ({ processing, ingesting }) => [
    ...processing.flatMap(({ metrics, kernelToDecode, handlerToFloor }) => [
      goal(`process-fn, ${metrics} metrics: kernel`, 'decoding', kernelToDecode, KERNEL_RATIO_MAX),
      goal(
        `process-fn, ${metrics} metrics: handler`,
        'bare puts and kernel',
        handlerToFloor,
        PROCESS_RATIO_MAX,
      ),
    ]),
    ...ingesting.map(({ devices, handlerToFloor }) =>
      goal(`ingest-fn, devices ${devices}: handler`, 'parsing and gzip', handlerToFloor, INGEST_RATIO_MAX),
    ),
  ],
};

function goal(what: string, floor: string, ratio: number, max: number): Goal {
  return { goal: `${what} at most ${max} times ${floor}`, met: ratio <= max, figure: ratio.toFixed(2) };
}

function perSecond(readings: number, micros: number): string {
  return ((readings * 1e6) / micros).toFixed(0);
}
