/**
 * How much may still be done at a rate: a bucket that fills evenly and holds what comes in
 * within one second. What is larger than the bucket is admitted when it is full, and leaves a debt.
 */
export class Allowance {
  private level: number;

  /** @param perSecond units that come in each second */
  constructor(
    private readonly perSecond: number,
    private updatedMs: number,
  ) {
    this.level = perSecond;
  }

  /** Whether so many units may be taken now. */
  has(units: number, nowMs: number): boolean {
    this.fill(nowMs);
    return this.level >= Math.min(units, this.perSecond);
  }

  /** Takes units, whether there are so many or not. */
  take(units: number): void {
    this.level -= units;
  }

  /** A clock that is set back fills nothing. */
  private fill(nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.updatedMs);
    this.level = Math.min(this.perSecond, this.level + (elapsedMs / 1000) * this.perSecond);
    this.updatedMs = nowMs;
  }
}
