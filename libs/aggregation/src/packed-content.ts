import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** What can be packed: finite numbers, texts, and lists of content. */
export type Content = number | string | readonly Content[];

/**
 * A larger content is deflated, as it would cost more write units than one. A smaller one is not: that would take several
 * times as long as all other work on a block, and would not make the unit cheaper.
 */
export const PLAIN_BYTES_MAX = 800;

/** Deflate reaches a ratio of 1,000, and without a limit a crafted item could exhaust a function's memory. */
const INFLATED_BYTES_MAX = 64 * 1024 * 1024;
/** Likewise for runs. A DynamoDB item can hold far fewer numbers that differ. */
const VALUES_MAX = 2 ** 22;
const DEPTH_MAX = 8;

const PLAIN = 0;
const DEFLATED = 1;

/**
 * The first byte of a value. Whole numbers are folded (0, -1, 1, -2, … become 0, 1, 2, 3, …), so that those near zero, of
 * either sign, take the fewest bytes: below 192 the byte is the folded number itself; from 192 to 223 it is its upper five
 * bits, and the lower eight follow.
 */
const TWO_BYTES = 192;
const TWO_BYTES_END = 192 + (32 << 8);
/** A folded whole number, seven bits a byte, the lowest first; the highest bit tells that another byte follows. */
const WHOLE = 224;
/** An IEEE 754 double, little-endian. */
const DOUBLE = 225;
/** A length in bytes, and the text as JSON in UTF-8: half of a surrogate pair, for one, has no UTF-8 of its own. */
const TEXT = 226;
/** A number of elements, and these. */
const LIST = 227;
/** In a list: how many more elements are equal to the number before. */
const RUN = 228;

/** A shorter run takes no fewer bytes. */
const RUN_LENGTH_MIN = 3;
/** Folding doubles a number, and has to be exact. */
const WHOLE_END = 2 ** 51;

/** The bytes of content: whether they are deflated, then the values in order. Equal content gives equal bytes. */
export function packContent(content: Content): Uint8Array {
  const writer = new ContentWriter();
  writer.byte(PLAIN);
  writer.value(content);
  const plain = writer.written();
  if (plain.length <= PLAIN_BYTES_MAX) return plain;
  const deflated = deflateRawSync(plain.subarray(1), { level: 9 });
  const bytes = new Uint8Array(1 + deflated.length);
  bytes[0] = DEFLATED;
  bytes.set(deflated, 1);
  return bytes;
}

/**
 * Reverses {@link packContent}.
 *
 * @throws Error saying why the bytes are no content
 */
export function unpackContent(bytes: Uint8Array): Content {
  const [coding] = bytes;
  if (coding !== PLAIN && coding !== DEFLATED) throw new Error(`there is no coding ${coding}`);
  const body = bytes.subarray(1);
  const reader = new ContentReader(
    coding === PLAIN ? body : inflateRawSync(body, { maxOutputLength: INFLATED_BYTES_MAX }),
  );
  const content = reader.value(0);
  reader.requireEnd();
  return content;
}

class ContentWriter {
  private bytes = new Uint8Array(1024);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  written(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  byte(byte: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length] = byte;
    this.length += 1;
  }

  value(content: Content): void {
    if (typeof content === 'number') this.number(content);
    else if (typeof content === 'string') this.text(content);
    else this.list(content);
  }

  private number(value: number): void {
    if (!Number.isInteger(value) || Math.abs(value) >= WHOLE_END) return this.double(value);
    const folded = value < 0 ? -2 * value - 1 : 2 * value;
    if (folded < TWO_BYTES) this.byte(folded);
    else if (folded < TWO_BYTES_END) {
      const above = folded - TWO_BYTES;
      this.byte(TWO_BYTES + (above >> 8));
      this.byte(above & 0xff);
    } else {
      this.byte(WHOLE);
      let rest = folded;
      for (; rest >= 128; rest = Math.floor(rest / 128)) this.byte((rest % 128) | 128);
      this.byte(rest);
    }
  }

  private double(value: number): void {
    this.byte(DOUBLE);
    this.reserve(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  private text(text: string): void {
    const utf8 = Buffer.from(JSON.stringify(text));
    this.byte(TEXT);
    this.number(utf8.length);
    this.reserve(utf8.length);
    this.bytes.set(utf8, this.length);
    this.length += utf8.length;
  }

  private list(list: readonly Content[]): void {
    this.byte(LIST);
    this.number(list.length);
    for (let from = 0, to = 0; from < list.length; from = to) {
      const value = list[from] as Content;
      to = typeof value === 'number' ? endOfRun(list, from) : from + 1;
      this.value(value);
      if (to - from < RUN_LENGTH_MIN) to = from + 1;
      else {
        this.byte(RUN);
        this.number(to - from - 1);
      }
    }
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return;
    const larger = new Uint8Array(2 * this.bytes.length + bytes);
    larger.set(this.bytes);
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}

function endOfRun(list: readonly Content[], from: number): number {
  let to = from + 1;
  while (to < list.length && list[to] === list[from]) to += 1;
  return to;
}

class ContentReader {
  private readonly view: DataView;
  private at = 0;
  private values = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(depth: number): Content {
    const head = this.byte();
    if (head <= WHOLE) return this.whole(head);
    if (head === DOUBLE) return this.view.getFloat64(this.take(8), true);
    if (head === TEXT) return this.text();
    if (head === LIST && depth < DEPTH_MAX) return this.list(depth + 1);
    throw new Error(`no value begins with ${head} here`);
  }

  requireEnd(): void {
    if (this.at !== this.bytes.length) throw new Error(`${this.bytes.length - this.at} bytes are left over`);
  }

  private whole(head: number): number {
    if (head < TWO_BYTES) return unfolded(head);
    if (head < WHOLE) return unfolded(TWO_BYTES + ((head - TWO_BYTES) << 8) + this.byte());
    let folded = 0;
    let scale = 1;
    for (let byte = 128; byte >= 128; scale *= 128) {
      if (folded >= 2 * WHOLE_END) throw new Error('a whole number is too long');
      byte = this.byte();
      folded += (byte & 127) * scale;
    }
    return unfolded(folded);
  }

  private text(): string {
    const length = this.count();
    const from = this.bytes.byteOffset + this.take(length);
    const text: unknown = JSON.parse(Buffer.from(this.bytes.buffer, from, length).toString('utf8'));
    if (typeof text !== 'string') throw new Error('a text is none');
    return text;
  }

  private list(depth: number): Content[] {
    const length = this.count();
    this.values += length;
    if (this.values > VALUES_MAX) throw new Error(`there are more than ${VALUES_MAX} values`);
    const list: Content[] = [];
    while (list.length < length) {
      if (this.bytes[this.at] !== RUN) list.push(this.value(depth));
      else {
        this.at += 1;
        const repeated = list.at(-1);
        const more = this.count();
        if (typeof repeated !== 'number' || more > length - list.length)
          throw new Error('a run is out of place');
        for (let time = 0; time < more; time += 1) list.push(repeated);
      }
    }
    return list;
  }

  private count(): number {
    const head = this.byte();
    const count = head <= WHOLE ? this.whole(head) : -1;
    if (count < 0) throw new Error('a length is none');
    return count;
  }

  private byte(): number {
    return this.bytes[this.take(1)] as number;
  }

  /** @returns where the next `length` bytes begin */
  private take(length: number): number {
    const from = this.at;
    if (length > this.bytes.length - from) throw new Error('the bytes end too early');
    this.at += length;
    return from;
  }
}

function unfolded(folded: number): number {
  return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
}
