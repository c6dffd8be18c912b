const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/**
 * The seconds of a text such as `10s`, `5m` or `1h`.
 *
 * @throws Error naming the option
 */
export function durationSeconds(option: string, text: string): number {
  const [, count, unit = ''] = /^([1-9]\d{0,8})([smh])$/.exec(text) ?? [];
  if (count === undefined)
    throw new Error(`${option} must be a duration such as 10s, 5m or 1h, not "${text}"`);
  return Number(count) * (UNIT_SECONDS[unit] ?? NaN);
}
