/** A time as RFC 3339 with zone, as epoch milliseconds, or as a `Date`. */
export type TimeInput = string | number | Date;

/**
 * Writes a time as the API takes it. Strings go as they are: the API checks them and says what is wrong.
 *
 * @throws RangeError on a number or a `Date` that is no time.
 */
export function queryTime(time: TimeInput): string {
  return typeof time === 'string' ? time : new Date(time).toISOString();
}
