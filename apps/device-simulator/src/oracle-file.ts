import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

import { STATISTICS } from '@weir/window-oracle';
import type { OracleWindow } from './oracle.js';
import { isSystemError } from './system-error.js';
import { UsageError } from './usage-error.js';

/**
 * Writes windows as JSON, one a line. Resolves to their number.
 *
 * @throws Error of the file system.
 */
export async function writeOracle(file: string, windows: Iterable<OracleWindow>): Promise<number> {
  const stream = createWriteStream(file);
  const failed = new Promise<never>((_, reject) => stream.once('error', reject));
  failed.catch(() => undefined);
  let written = 0;
  for (const window of windows) {
    written += 1;
    if (!stream.write(`${JSON.stringify(window)}\n`)) await Promise.race([once(stream, 'drain'), failed]);
  }
  const finished = once(stream, 'finish');
  stream.end();
  await Promise.race([finished, failed]);
  return written;
}

const TEXTS = ['deviceId', 'metric', 'start'] as const;

/**
 * Reads a file of {@link writeOracle} series by series: the windows of one metric of one device, which stand together.
 *
 * @throws UsageError naming file, line, field and reason.
 */
export async function* readOracle(file: string): AsyncGenerator<[OracleWindow, ...OracleWindow[]]> {
  let series: OracleWindow[] = [];
  let line = 0;
  try {
    for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
      line += 1;
      const window = windowOf(text, `${file}:${line}`);
      const [first] = series;
      if (first !== undefined && (first.deviceId !== window.deviceId || first.metric !== window.metric)) {
        yield [first, ...series.slice(1)];
        series = [];
      }
      series.push(window);
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UsageError(`The oracle ${file} cannot be read: ${error.message}`);
  }
  const [first, ...more] = series;
  if (first === undefined) throw new UsageError(`The oracle ${file} is empty`);
  yield [first, ...more];
}

function windowOf(text: string, place: string): OracleWindow {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`${place}: this is not JSON`);
  }
  const fields = new Map(Object.entries(typeof value === 'object' && value !== null ? value : {}));
  for (const name of TEXTS) {
    if (typeof fields.get(name) !== 'string') throw new UsageError(`${place}: ${name} must be a text`);
  }
  for (const name of STATISTICS) {
    if (typeof fields.get(name) !== 'number') throw new UsageError(`${place}: ${name} must be a number`);
  }
  if (Number.isNaN(Date.parse(String(fields.get('start'))))) {
    throw new UsageError(`${place}: start must be a time`);
  }
  return value as OracleWindow;
}
