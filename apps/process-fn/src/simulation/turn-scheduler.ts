import type { SeededRandom } from './seeded-random.js';

interface Waiting {
  readonly owner: object;
  readonly proceed: () => void;
}

/**
 * Decides, by the seed alone, who goes on next: everything that would take time in the world waits here for its turn, and
 * only one goes on at a time. So every interleaving at every await can happen, and happens again with the same seed.
 */
export class TurnScheduler {
  private waiting: Waiting[] = [];
  private turnCount = 0;

  constructor(private readonly random: SeededRandom) {}

  /** How many turns have been given. */
  get turns(): number {
    return this.turnCount;
  }

  get idle(): boolean {
    return this.waiting.length === 0;
  }

  /** Resolves when it is the caller's turn; never, if its owner is dropped before. */
  turn(owner: object): Promise<void> {
    return new Promise((proceed) => this.waiting.push({ owner, proceed }));
  }

  /** The owner has died: nothing of it ever goes on. */
  drop(owner: object): void {
    this.waiting = this.waiting.filter((waiting) => waiting.owner !== owner);
  }

  /** Gives one turn, and returns when everybody waits again. */
  async step(): Promise<void> {
    if (this.waiting.length === 0) await allWaiting();
    if (this.waiting.length > 0) {
      const [chosen] = this.waiting.splice(this.random.whole(0, this.waiting.length - 1), 1);
      this.turnCount += 1;
      chosen?.proceed();
      await allWaiting();
    }
  }
}

/** Promises that are settled have all been acted on before the event loop gets to this. */
function allWaiting(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
