import { join } from 'node:path';
import type { LogLine } from '../lambda/lambda-function.js';
import { reasonOf } from '../../runtime-error.js';
import { parseEmbeddedMetrics } from './embedded-metrics.js';
import { MetricSums } from './metric-sums.js';
import { RollingFile } from './rolling-file.js';

export interface LogCollectorOptions {
  /** A file `<name>.ndjson` is kept in it for each function and each API. */
  readonly folder: string;
  /** Of one file; twice as much is kept. Default 10 MiB. */
  readonly fileBytesMax?: number;
  onTrouble(message: string): void;
}

/** Collects what the functions and gateways log, and sums up the metrics in it. */
export class LogCollector {
  readonly metrics = new MetricSums();
  private readonly files = new Map<string, RollingFile>();
  private inTrouble = false;

  constructor(private readonly options: LogCollectorOptions) {}

  /** Takes a line of a function's log. */
  add(line: LogLine): void {
    const { functionName, requestId, timestampMs, stream, message } = line;
    if (stream !== 'platform') for (const sample of parseEmbeddedMetrics(message)) this.metrics.add(sample);
    const time = new Date(timestampMs).toISOString();
    this.append(functionName, { time, stream, ...(requestId === undefined ? {} : { requestId }), message });
  }

  /** Takes an entry of an API's access log. */
  addAccess(apiName: string, entry: object): void {
    this.append(`${apiName}-access`, entry);
  }

  close(): void {
    for (const file of this.files.values()) file.close();
  }

  private append(name: string, entry: object): void {
    let file = this.files.get(name);
    if (file === undefined) {
      const fileName = `${name.replace(/[^A-Za-z0-9._-]/g, '_')}.ndjson`;
      file = new RollingFile(
        join(this.options.folder, fileName),
        this.options.fileBytesMax ?? 10 * 1024 * 1024,
      );
      this.files.set(name, file);
    }
    try {
      file.write(JSON.stringify(entry));
      this.inTrouble = false;
    } catch (error) {
      // A full disk loses log lines, and says so once; it must not fail the invocation that logged.
      if (!this.inTrouble) this.options.onTrouble(`The logs cannot be written: ${reasonOf(error)}`);
      this.inTrouble = true;
    }
  }
}
