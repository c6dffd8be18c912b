/** Wakes one waiter: a condition variable for loops that wait for work, for time, or for the end. */
export class Bell {
  private wake: (() => void) | undefined;
  private rung = false;

  /** Wakes the waiter, or the next one if nobody waits. */
  ring(): void {
    this.rung = true;
    this.wake?.();
  }

  /** Resolves at the next ring, or after so many milliseconds. */
  async wait(ms = Infinity): Promise<void> {
    if (!this.rung && ms > 0) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        // Longer delays than 2^31 - 1 ms would fire at once.
        if (Number.isFinite(ms)) timer = setTimeout(resolve, Math.min(ms, 2_147_483_647));
      });
      clearTimeout(timer);
      this.wake = undefined;
    }
    this.rung = false;
  }
}
