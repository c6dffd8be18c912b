/**
 * Numbers that depend on nothing but a seed, the name of a sequence and a position in it. So what is decided for the n-th
 * call of a kind is the same in every run with the seed, in whatever order calls of other kinds come in between.
 */

/** The number in [0, 1) at a position (0, 1, …) of a named sequence. */
export function randomAt(seed: number, sequence: string, index: number): number {
  return hash53(`${seed}/${sequence}/${index}`) / 2 ** 53;
}

/** The numbers of a named sequence, one after the other. */
export function randomSequence(seed: number, sequence: string): () => number {
  let index = 0;
  return () => randomAt(seed, sequence, index++);
}

/**
 * The time until the next event of a kind that happens at random with a mean interval, in ms: exponentially distributed,
 * so that how long ago the last one was tells nothing. At least 1 ms, at most ten times the mean.
 *
 * @param random a number in [0, 1)
 */
export function randomIntervalMs(meanIntervalMs: number, random: number): number {
  return Math.min(10 * meanIntervalMs, Math.max(1, -meanIntervalMs * Math.log(1 - random)));
}

/** A whole number from `min` to `max`, both included. */
export function randomInteger(min: number, max: number, random: number): number {
  return min + Math.floor(random * (max - min + 1));
}

/** One of the items, or undefined when there is none. */
export function randomItem<Item>(items: readonly Item[], random: number): Item | undefined {
  return items[Math.floor(random * items.length)];
}

/**
 * A text as a number of 53 bits in which every character counts everywhere: two multiplicative hashes of 32 bits with the
 * finaliser of MurmurHash3. No cryptographic strength. https://github.com/aappleby/smhasher/wiki/MurmurHash3
 */
function hash53(text: string): number {
  let first = 0xdeadbeef;
  let second = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    first = Math.imul(first ^ unit, 0x9e3779b1);
    second = Math.imul(second ^ unit, 0x5f356495);
  }
  const high = finalise(first ^ Math.imul(second, 0x85ebca6b));
  const low = finalise(second ^ Math.imul(first, 0xc2b2ae35));
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}

function finalise(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
