import { StringDecoder } from 'node:string_decoder';
import { outputMark } from './worker-protocol.js';

/** A single line may not grow without bound when a function never writes a line break; CloudWatch events end at 1 MiB too. */
const lineLengthMax = 1_048_576;

/** Cuts one output stream of a worker into lines, and notices the mark at the end of an invocation's output. */
export class OutputLines {
  private readonly decoder = new StringDecoder('utf8');
  private pending = '';
  private waiting: { readonly mark: string; readonly reached: () => void } | undefined;

  private readonly onLine: (line: string) => void;

  constructor(onLine: (line: string) => void) {
    // A mark that came after its invocation had been given up is no output of the function.
    this.onLine = (line) => (line.startsWith('\u0000end:') ? undefined : onLine(line));
  }

  /** Takes the next piece of output; complete lines are passed on at once. */
  push(chunk: Buffer): void {
    this.pending += this.decoder.write(chunk);
    if (this.waiting !== undefined) this.cutAtMark(this.waiting);
    this.cutLines();
  }

  /** Resolves when the mark of this token has come; what the function wrote before it without a line break is a line too. */
  untilMark(token: string): Promise<void> {
    return new Promise((resolve) => {
      this.waiting = { mark: outputMark(token), reached: resolve };
    });
  }

  /** The stream is over: the rest is a line. */
  end(): void {
    this.cutLines();
    if (this.pending !== '') this.onLine(this.pending);
    this.pending = '';
    this.waiting?.reached();
    this.waiting = undefined;
  }

  private cutAtMark(waiting: { readonly mark: string; readonly reached: () => void }): void {
    const at = this.pending.indexOf(waiting.mark);
    if (at < 0) return;
    const rest = this.pending.slice(at + waiting.mark.length);
    this.pending = this.pending.slice(0, at);
    this.cutLines();
    if (this.pending !== '') this.onLine(this.pending);
    this.pending = rest;
    this.waiting = undefined;
    waiting.reached();
  }

  private cutLines(): void {
    let start = 0;
    for (let end = this.pending.indexOf('\n'); end >= 0; end = this.pending.indexOf('\n', start)) {
      this.onLine(this.pending.slice(start, end));
      start = end + 1;
    }
    if (start > 0) this.pending = this.pending.slice(start);
    if (this.pending.length > lineLengthMax) {
      this.onLine(this.pending);
      this.pending = '';
    }
  }
}
