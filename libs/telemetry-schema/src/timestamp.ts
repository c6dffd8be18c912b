const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:([Zz])|([+-])(\d{2}):(\d{2}))$/;

/**
 * Reads an RFC 3339 date-time with zone (https://www.rfc-editor.org/rfc/rfc3339#section-5.6).
 *
 * @returns epoch milliseconds, finer fractions cut off; undefined when the text is no such date-time. A leap second
 * (`:60`) has no epoch millisecond of its own and is not accepted.
 */
export function parseRfc3339(text: string): number | undefined {
  const match = RFC_3339.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const offsetHour = Number(match[10] ?? 0);
  const offsetMinute = Number(match[11] ?? 0);
  if (hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) return undefined;
  const millisecond = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  date.setUTCHours(hour, minute, second, millisecond);
  const sign = match[9] === '-' ? -1 : 1;
  return date.getTime() - sign * (offsetHour * 60 + offsetMinute) * 60_000;
}

/** Epoch milliseconds as RFC 3339 in UTC with milliseconds. */
export function formatRfc3339(timestampMs: number): string {
  return new Date(timestampMs).toISOString();
}
