/** While records keep coming, readers find them by themselves: they need to hear of it only now and then. */
const noticeIntervalMs = 100;

/** Tells that records have been put: at once after a quiet time, else once an interval. */
export class PutNotice {
  private pending = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly send: () => void) {}

  put(): void {
    if (this.timer !== undefined) {
      this.pending = true;
      return;
    }
    this.send();
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (!this.pending) return;
      this.pending = false;
      this.put();
    }, noticeIntervalMs);
    this.timer.unref();
  }
}
