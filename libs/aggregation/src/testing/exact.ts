/**
 * Statistics in exact rational arithmetic over BigInt: the oracle of the property tests. A finite double is a whole
 * multiple of 2^-1074, so sums and sums of squares are exact, and only the last step rounds.
 */
const UNIT_EXPONENT = 1074;

/** `value / 2^-1074`, which is whole. */
function units(value: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, Math.abs(value));
  const raw = bits.getBigUint64(0);
  const exponent = raw >> 52n;
  const fraction = raw & 0xfffffffffffffn;
  const magnitude = exponent === 0n ? fraction : (fraction | 0x10000000000000n) << (exponent - 1n);
  return value < 0 ? -magnitude : magnitude;
}

/** `numerator / denominator · 2^exponent`, truncated to about 63 significant bits before the one rounding; may be infinite. */
function toNumber(numerator: bigint, denominator: bigint, exponent: number): number {
  if (numerator === 0n) return 0;
  const sign = numerator < 0n ? -1 : 1;
  const magnitude = numerator < 0n ? -numerator : numerator;
  const shift = 64 - (magnitude.toString(2).length - denominator.toString(2).length);
  const quotient =
    shift >= 0 ? (magnitude << BigInt(shift)) / denominator : magnitude / (denominator << BigInt(-shift));
  let value = sign * Number(quotient);
  let remaining = exponent - shift;
  for (; remaining > 900; remaining -= 900) value *= 2 ** 900;
  for (; remaining < -900; remaining += 900) value *= 2 ** -900;
  return value * 2 ** remaining;
}

function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

function total(values: readonly number[]): bigint {
  return values.reduce((sum, value) => sum + units(value), 0n);
}

/** The exact sum, rounded; infinite where no double can hold it. */
export function exactSum(values: readonly number[]): number {
  return toNumber(total(values), 1n, -UNIT_EXPONENT);
}

export function exactMean(values: readonly number[]): number {
  return toNumber(total(values), BigInt(values.length), -UNIT_EXPONENT);
}

/** The sample standard deviation, sqrt((n·Σx² - (Σx)²) / (n·(n - 1))); 0 for one value; may be infinite. */
export function exactSampleDeviation(values: readonly number[]): number {
  const n = BigInt(values.length);
  if (n === 1n) return 0;
  const sum = total(values);
  const squares = values.reduce((sumSoFar, value) => sumSoFar + units(value) ** 2n, 0n);
  const guardBits = 128n;
  const variance = ((n * squares - sum * sum) << (2n * guardBits)) / (n * (n - 1n));
  return toNumber(squareRoot(variance), 1n << guardBits, -UNIT_EXPONENT);
}

/** The nearest-rank quantile: the value at position ceil(q·n), counted from 1, of the sorted list. */
export function exactQuantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1] ?? Number.NaN;
}
