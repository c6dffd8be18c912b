/** The limits of DESIGN §4 that a schema cannot express, and those that several places share. */

/** A request body, inflated. */
export const REQUEST_BYTES_MAX = 5 * 1024 * 1024;
export const READINGS_PER_REQUEST_MAX = 5000;
/** Readings measured before 2000-01-01T00:00:00Z come from a clock that was never set. */
export const TIMESTAMP_MIN_MS = Date.UTC(2000, 0, 1);
/** How far a device's clock may run ahead. */
export const FUTURE_TOLERANCE_MS = 5 * 60 * 1000;
/** Device ids, site ids and metric names. */
export const NAME_PATTERN = /^[A-Za-z0-9._:-]{1,128}$/;
