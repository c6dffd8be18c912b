import type { Objects } from '../objects.js';

/** A bucket in memory. */
export class MemoryObjects implements Objects {
  readonly bodies = new Map<string, Uint8Array>();

  async *list(prefix: string, after = ''): AsyncGenerator<{ key: string; sizeBytes: number }> {
    const keys = [...this.bodies.keys()].filter((key) => key.startsWith(prefix) && key > after);
    for (const key of keys.sort()) yield { key, sizeBytes: this.bodies.get(key)?.length ?? 0 };
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return this.bodies.get(key);
  }

  async delete(key: string): Promise<void> {
    this.bodies.delete(key);
  }

  /** The text or the bytes of an object. */
  put(key: string, body: string | Uint8Array): void {
    this.bodies.set(key, Buffer.from(body as string));
  }
}
