import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * A file that takes lines and is put aside as `<path>.1` when it is full, in place of the one before: the two together
 * never hold more than twice the limit. Written at once, so that the lines before a crash are there.
 */
export class RollingFile {
  private descriptor: number | undefined;
  private sizeBytes = 0;

  constructor(
    private readonly path: string,
    private readonly sizeBytesMax: number,
  ) {}

  write(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    if (
      this.descriptor !== undefined &&
      this.sizeBytes > 0 &&
      this.sizeBytes + bytes.byteLength > this.sizeBytesMax
    ) {
      this.close();
      renameSync(this.path, `${this.path}.1`);
    }
    this.descriptor ??= this.open();
    writeSync(this.descriptor, bytes);
    this.sizeBytes += bytes.byteLength;
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
  }

  private open(): number {
    mkdirSync(dirname(this.path), { recursive: true });
    const descriptor = openSync(this.path, 'a');
    this.sizeBytes = fstatSync(descriptor).size;
    return descriptor;
  }
}
