/**
 * The grid of the quantile sketch: which bin a number falls into, and which numbers a bin spans.
 *
 * Every power of two is divided into 36 bins of equal ratio, 2^(1/36) = 1.0194: any two numbers of a bin differ by less
 * than 1.95 % of the smaller. Below 2^-1063 (1e-320), where neighbouring doubles are themselves up to 100 % apart, each
 * double has a bin of its own.
 *
 * Bins are numbered from the smallest magnitude: key 0 is zero, key k > 0 a positive bin, and -k its mirror image. At level
 * L a key stands for 2^L neighbouring ones, `key_L = trunc(key / 2^L)`: the ratio is squared L times. Truncation makes the
 * levels compose, as two steps of one level are one step of two.
 *
 * Only comparisons and exact scalings decide on a bin, no logarithm: its last digit is up to the engine, and with it the
 * bin of a number near an edge would be.
 */
export const BINS_PER_OCTAVE = 36;

/** 2^(i/36) for i = 0 … 36. That these very doubles are used everywhere matters more than their last digit. */
const EDGES: readonly number[] = [
  1.0, 1.0194406437021448, 1.0392592260318434, 1.0594630943592953, 1.080059738892306, 1.1010567954531432,
  1.122462048309373, 1.1442834330597351, 1.1665290395761165, 1.189207115002721, 1.2123260668135445,
  1.2358944659292892, 1.2599210498948732, 1.2844147261187115, 1.3093845751749735, 1.3348398541700344,
  1.360790000174377, 1.3872446337212085, 1.4142135623730951, 1.4417067843579314, 1.4697344922755988,
  1.4983070768766815, 1.5274351309146432, 1.5571294530728936, 1.5874010519681996, 1.618261150231923,
  1.649721188670605, 1.681792830507429, 1.7144879657061456, 1.7478187153790539, 1.7817974362806785,
  1.8164367253888063, 1.851749424574581, 1.887748625363387, 1.9244476737882903, 1.96186017533783, 2.0,
];

/** Keys below this are the multiples of the smallest subnormal (2^-1074), one each; 2048 · 2^-1074 = 2^-1063. */
const UNIT_KEYS = 2048;
const LOWEST_EXPONENT = -1063;
const LOWEST_OCTAVE = UNIT_KEYS * Number.MIN_VALUE;
const LOWEST_NORMAL = 2 ** -1022;

/** One more than the greatest key, that of `Number.MAX_VALUE`. */
export const KEY_END = UNIT_KEYS + (1023 - LOWEST_EXPONENT + 1) * BINS_PER_OCTAVE;

const bits = new DataView(new ArrayBuffer(8));

/** The key of a finite number at level 0, a whole number between -KEY_END and KEY_END, both excluded. */
export function keyOf(value: number): number {
  return value < 0 ? -magnitudeKey(-value) : magnitudeKey(value);
}

function magnitudeKey(magnitude: number): number {
  // Adding zero makes minus zero the key 0, too.
  if (magnitude < LOWEST_OCTAVE) return magnitude / Number.MIN_VALUE + 0;
  // A subnormal is smaller than its exponent field tells; multiplying by 2^64 is exact and makes it normal.
  const subnormal = magnitude < LOWEST_NORMAL;
  bits.setFloat64(0, subnormal ? magnitude * 2 ** 64 : magnitude);
  const high = bits.getUint32(0);
  const exponent = (high >>> 20) - 1023 - (subnormal ? 64 : 0);
  bits.setUint32(0, (high & 0xfffff) | 0x3ff00000);
  const fraction = bits.getFloat64(0);
  // log2(x) is from x - 1 to x - 0.91 between 1 and 2, so this starts at the right bin or at most four below it.
  let bin = Math.floor((fraction - 1) * BINS_PER_OCTAVE);
  while (fraction >= (EDGES[bin + 1] ?? Number.POSITIVE_INFINITY)) bin += 1;
  return UNIT_KEYS + (exponent - LOWEST_EXPONENT) * BINS_PER_OCTAVE + bin;
}

/**
 * The lowest and the highest number of a bin. The bound farther from zero is the edge of the next bin (infinite for that of
 * `Number.MAX_VALUE`), except in the finest part of the grid, where it is the bin's own last number.
 */
export function rangeOf(key: number, level: number): { low: number; high: number } {
  const width = 2 ** level;
  if (key === 0) {
    const reach = edgeOf(width - 1);
    return { low: -reach, high: reach };
  }
  const near = Math.abs(key) * width;
  const next = Math.min(near + width, KEY_END);
  const low = edgeOf(near);
  const high = edgeOf(next <= UNIT_KEYS ? next - 1 : next);
  return key < 0 ? { low: -high, high: -low } : { low, high };
}

/** The smallest magnitude of a key at level 0, rounded to a double. */
function edgeOf(key: number): number {
  if (key < UNIT_KEYS) return key * Number.MIN_VALUE;
  const octave = Math.floor((key - UNIT_KEYS) / BINS_PER_OCTAVE);
  const edge = EDGES[key - UNIT_KEYS - octave * BINS_PER_OCTAVE] ?? 1;
  const exponent = octave + LOWEST_EXPONENT;
  // Subnormals take the way over 2^64, so that they are rounded once.
  return exponent < -1022 ? edge * powerOfTwo(exponent + 64) * 2 ** -64 : edge * powerOfTwo(exponent);
}

/** 2^exponent exactly, from 2^-1022; infinity for 2^1024. `**` leaves its last digit to the engine. */
function powerOfTwo(exponent: number): number {
  bits.setUint32(0, (exponent + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}
