import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../../runtime-error.js';
import { parseLogEntry, type LogEntry } from './log-entry.js';

const suffix = '.ndjson';
const chunkBytes = 256 * 1024;

/** How far a file has been read; `inode` tells it from the one that takes its name when it is full. */
interface Position {
  readonly inode: number;
  readonly offset: number;
  /** The beginning of a line whose end was not there yet. */
  readonly rest: Buffer;
}

/**
 * Reads the files of a {@link LogCollector} from their beginning, and from then on what is added to them, across files that are
 * put aside because they are full. What a file gets that is put aside twice between two reads is missed.
 */
export class LogTail {
  private readonly positions = new Map<string, Position>();

  constructor(
    private readonly folder: string,
    private readonly wanted: (source: string) => boolean,
  ) {}

  /** The names of all that has a log. */
  sources(): string[] {
    return this.files()
      .filter((name) => name.endsWith(suffix))
      .map((name) => name.slice(0, -suffix.length));
  }

  /** Whatever is new since the last time, in order of time. */
  read(): LogEntry[] {
    const entries = this.sources()
      .filter((source) => this.wanted(source))
      .flatMap((source) => this.readSource(source));
    return entries.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  }

  private readSource(source: string): LogEntry[] {
    const known = this.positions.get(source);
    const file = join(this.folder, `${source}${suffix}`);
    const current = openIfThere(file);
    const before = openIfThere(`${file}.1`);
    try {
      const lines: string[] = [];
      const rolled = current === undefined || known?.inode !== fstatSync(current).ino;
      const inode = before === undefined ? undefined : fstatSync(before).ino;
      // Both are one file where it was put aside between the two openings.
      if (before !== undefined && rolled && (current === undefined || inode !== fstatSync(current).ino)) {
        lines.push(...readLines(before, known?.inode === inode ? known : undefined).lines);
      }
      if (current !== undefined) {
        const read = readLines(current, rolled ? undefined : known);
        lines.push(...read.lines);
        this.positions.set(source, read.position);
      }
      return lines.map((line) => parseLogEntry(source, line));
    } finally {
      for (const descriptor of [current, before]) if (descriptor !== undefined) closeSync(descriptor);
    }
  }

  private files(): string[] {
    try {
      return readdirSync(this.folder).sort();
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return [];
      throw error;
    }
  }
}

function openIfThere(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function readLines(
  descriptor: number,
  from: Position | undefined,
): { readonly lines: string[]; readonly position: Position } {
  const chunks: Buffer[] = [from?.rest ?? Buffer.alloc(0)];
  let offset = from?.offset ?? 0;
  for (;;) {
    const chunk = Buffer.alloc(chunkBytes);
    const bytes = readSync(descriptor, chunk, 0, chunkBytes, offset);
    if (bytes === 0) break;
    chunks.push(chunk.subarray(0, bytes));
    offset += bytes;
  }
  const content = Buffer.concat(chunks);
  const end = content.lastIndexOf('\n') + 1;
  const lines = content.subarray(0, end).toString().split('\n').slice(0, -1);
  return { lines, position: { inode: fstatSync(descriptor).ino, offset, rest: content.subarray(end) } };
}
