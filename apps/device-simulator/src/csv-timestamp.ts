const CALENDAR =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;
const EPOCH = /^(-?\d{1,16})(?:\.(\d{1,9}))?$/;
/** As seconds this is the year 5138, as milliseconds 1973: no telemetry is near either. */
const EPOCH_SECONDS_BELOW = 100_000_000_000;

/**
 * Reads a timestamp as epoch milliseconds, or `undefined` when it is none. Takes `2013-12-02 21:15:00` and RFC 3339 (UTC
 * where no zone is given, midnight where no time is), and epoch seconds or milliseconds. Finer fractions than a
 * millisecond are cut off.
 */
export function parseTimestamp(text: string): number | undefined {
  const trimmed = text.trim();
  const epoch = EPOCH.exec(trimmed);
  if (epoch !== null) {
    const whole = Number(epoch[1]);
    if (Math.abs(whole) >= EPOCH_SECONDS_BELOW) return whole;
    const fractionMs = milliseconds(epoch[2]);
    return whole * 1000 + (trimmed.startsWith('-') ? -fractionMs : fractionMs);
  }
  const calendar = CALENDAR.exec(trimmed);
  return calendar === null ? undefined : calendarMs(calendar);
}

function calendarMs(match: RegExpExecArray): number | undefined {
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const parts = [year ?? 0, (month ?? 0) - 1, day ?? 0, hour ?? 0, minute ?? 0, second ?? 0] as const;
  const date = new Date(Date.UTC(...parts));
  const readBack = [
    date.getUTCFullYear(),
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  ];
  // Date.UTC carries over what does not exist, such as the 30th of February or the 25th hour.
  if (readBack.some((part, index) => part !== parts[index])) return undefined;
  const offset = offsetMinutes(match[8]);
  return offset === undefined ? undefined : date.getTime() + milliseconds(match[7]) - offset * 60_000;
}

function offsetMinutes(zone: string | undefined): number | undefined {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const hours = Number(digits.slice(0, 2));
  const minutes = Number(digits.slice(2));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

function milliseconds(fraction: string | undefined): number {
  return Number((fraction ?? '').slice(0, 3).padEnd(3, '0'));
}
