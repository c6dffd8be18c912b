/** Keeps the end of what a process wrote, for the message when it fails. */
export class OutputTail {
  private text = '';

  add(chunk: string): void {
    this.text = (this.text + chunk).slice(-2_000);
  }

  /** The last lines as a sentence to append to a message, or nothing. */
  sentence(): string {
    const lines = this.text.trim().split('\n').slice(-5).join(' | ').trim();
    return lines === '' ? '' : ` It wrote: ${lines}`;
  }
}
