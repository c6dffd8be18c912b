const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A measured value in at most five significant digits; very large and very small ones with an exponent. */
export function formatValue(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e9 || size < 1e-4)) return value.toExponential(3);
  if (size >= 10_000) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(5)));
}

/** A count with separators between thousands. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en');
}

/** A rate a second: one decimal below 100. */
export function formatRate(perSecond: number): string {
  return perSecond >= 100 ? formatCount(perSecond) : perSecond.toFixed(1);
}

/** A length of time in its largest fitting unit: `850 ms`, `4.2 s`, `12 min`, `3 h`, `5 d`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < SECOND_MS) return `${Math.round(durationMs)} ms`;
  if (durationMs < 10 * SECOND_MS) return `${(durationMs / SECOND_MS).toFixed(1)} s`;
  if (durationMs < MINUTE_MS) return `${Math.round(durationMs / SECOND_MS)} s`;
  if (durationMs < HOUR_MS) return `${Math.round(durationMs / MINUTE_MS)} min`;
  if (durationMs < 2 * DAY_MS) return `${Math.round(durationMs / HOUR_MS)} h`;
  return `${Math.round(durationMs / DAY_MS)} d`;
}

/** How long ago something was; a time that lies ahead by a clock's error counts as now. */
export function formatAge(timestampMs: number, nowMs: number): string {
  const ageMs = nowMs - timestampMs;
  return ageMs < SECOND_MS ? 'now' : `${formatDuration(ageMs)} ago`;
}

/** A local date and time to the second, as `2026-11-01 13:05:09`. */
export function formatLocalTime(timestampMs: number): string {
  const time = new Date(timestampMs);
  const date = [time.getFullYear(), time.getMonth() + 1, time.getDate()];
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()];
  return `${date.map(twoDigits).join('-')} ${clock.map(twoDigits).join(':')}`;
}

function twoDigits(part: number): string {
  return String(part).padStart(2, '0');
}

/** UCUM codes that are printed otherwise; https://ucum.org/ucum */
const PRINTED_UNITS: Readonly<Record<string, string>> = {
  Cel: '°C',
  '[degF]': '°F',
  deg: '°',
  Ohm: 'Ω',
  um: 'µm',
  m2: 'm²',
  m3: 'm³',
  'm/s2': 'm/s²',
  '1': '',
};

/** How a UCUM code is printed; the code itself where it is printed so. */
export function formatUnit(code: string | undefined): string {
  return code === undefined ? '' : (PRINTED_UNITS[code] ?? code);
}

/** The name of the browser's time zone, for the labels of axes. */
export function localTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
