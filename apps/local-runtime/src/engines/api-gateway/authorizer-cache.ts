interface Entry<T> {
  readonly value: T;
  readonly expiresMs: number;
}

const entriesMax = 10_000;

/**
 * Keeps authorizer results for their time to live. Callers that ask for the same identity at the same moment share one answer,
 * so that a burst with a new token does not use up the function's concurrency; a failure is not kept.
 */
export class AuthorizerCache<T> {
  private readonly entries = new Map<string, Entry<T>>();
  private readonly asking = new Map<string, Promise<T>>();

  constructor(private readonly clock: () => number) {}

  async get(key: string, ttlMs: number, ask: () => Promise<T>): Promise<T> {
    const kept = this.entries.get(key);
    if (kept !== undefined && kept.expiresMs > this.clock()) return kept.value;
    const running = this.asking.get(key);
    if (running !== undefined) return running;
    const asked = ask();
    this.asking.set(key, asked);
    try {
      const value = await asked;
      this.keep(key, { value, expiresMs: this.clock() + ttlMs });
      return value;
    } finally {
      this.asking.delete(key);
    }
  }

  private keep(key: string, entry: Entry<T>): void {
    this.entries.delete(key);
    this.entries.set(key, entry);
    if (this.entries.size <= entriesMax) return;
    const oldest = this.entries.keys().next();
    if (oldest.done !== true) this.entries.delete(oldest.value);
  }
}
