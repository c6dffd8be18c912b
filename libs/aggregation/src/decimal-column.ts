/**
 * Numbers as whole multiples of a power of ten, where that loses nothing.
 *
 * Sensors report a few decimal places, and differences of small whole numbers deflate to about half of what the decimal
 * text needs. A double `v` equals the decimal `n / 10^p` exactly when dividing gives `v` back, since IEEE 754 division of
 * two exactly represented numbers is correctly rounded, as is the reading of a decimal literal. A list in which any number
 * fails that test for every `p` is kept as it is: full double precision always survives.
 */
export interface DecimalColumn {
  /** The power of ten, from 0 to {@link DECIMAL_PLACES_MAX}, or -1 if `entries` are the numbers themselves. */
  readonly places: number;
  /** For `places` from 0: the first multiple, then the difference of each multiple from the one before. */
  readonly entries: readonly number[];
}

export const DECIMAL_PLACES_MAX = 9;

/** Multiples stay well inside the exact whole numbers, so that differences of two of them are exact, too. */
const MULTIPLE_MAX = 2 ** 50;

/** The powers of ten up to 10^22 are exact doubles. */
const POWERS_OF_TEN: readonly number[] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/** The compact form of finite numbers. It depends on the numbers and their order alone. */
export function toDecimalColumn(values: readonly number[]): DecimalColumn {
  const places = placesOf(values);
  const power = POWERS_OF_TEN[places];
  if (power === undefined) return { places: -1, entries: values };
  const entries: number[] = [];
  let previous = 0;
  for (const value of values) {
    const multiple = Math.round(value * power);
    if (!isMultiple(value, multiple, power)) return { places: -1, entries: values };
    entries.push(multiple - previous);
    previous = multiple;
  }
  return { places, entries };
}

/**
 * The numbers of a column.
 *
 * @throws RangeError when `places` is out of range or the column yields a number that is not finite or not exact
 */
export function fromDecimalColumn({ places, entries }: DecimalColumn): number[] {
  if (places === -1) {
    return entries.map((value) => {
      if (!Number.isFinite(value)) throw new RangeError(`value ${value} is not finite`);
      return value + 0;
    });
  }
  const power = POWERS_OF_TEN[places];
  if (power === undefined) throw new RangeError(`${places} is not a number of decimal places`);
  let multiple = 0;
  return entries.map((difference) => {
    multiple += difference;
    if (!Number.isSafeInteger(multiple)) throw new RangeError(`${multiple} is not an exact multiple`);
    return multiple / power + 0;
  });
}

/** The fewest places at which every number is a multiple, or -1. */
function placesOf(values: readonly number[]): number {
  let places = 0;
  for (const value of values) {
    for (;;) {
      const power = POWERS_OF_TEN[places];
      if (power === undefined) return -1;
      if (isMultiple(value, Math.round(value * power), power)) break;
      places += 1;
    }
  }
  return places;
}

function isMultiple(value: number, multiple: number, power: number): boolean {
  return Math.abs(multiple) <= MULTIPLE_MAX && multiple / power === value;
}
