/**
 * The value that `percent` of the values do not exceed, by nearest rank (https://en.wikipedia.org/wiki/Percentile).
 *
 * @throws RangeError for no values
 */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(1, Math.ceil((percent / 100) * sorted.length)) - 1];
  if (value === undefined) throw new RangeError('there is no percentile of no values');
  return value;
}
