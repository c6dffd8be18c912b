import { parseRfc3339, NAME_PATTERN } from '@weir/telemetry-schema';
import { UsageError } from './usage-error.js';

/** Values of options, checked. Every function names its option in the UsageError that it throws. */

/** Epoch milliseconds of `2026-11-01T12:00:00Z`, or of a number that is that already. */
export function timeOption(name: string, text: string | undefined): number {
  if (text === undefined) throw new UsageError(`--${name} is missing.`);
  const timeMs = /^\d{1,15}$/.test(text) ? Number(text) : parseRfc3339(text);
  if (timeMs !== undefined && timeMs <= 8.64e15) return timeMs;
  throw new UsageError(`--${name} must be an RFC 3339 time with zone or epoch milliseconds, not ${text}.`);
}

/** `--from` and `--to`, in that order. */
export function rangeOption(
  from: string | undefined,
  to: string | undefined,
): { fromMs: number; toMs: number } {
  const range = { fromMs: timeOption('from', from), toMs: timeOption('to', to) };
  if (range.fromMs < range.toMs) return range;
  throw new UsageError('--from must be before --to.');
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `90s`, `15m`, `1h` or `7d`. */
export function durationOption(name: string, text: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit ?? ''];
  if (count !== undefined && unitMs !== undefined) return Number(count) * unitMs;
  throw new UsageError(`--${name} must be a duration such as 90s, 15m, 1h or 7d, not ${text}.`);
}

export function wholeNumberOption(name: string, text: string, min: number, max: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text);
  throw new UsageError(`--${name} must be a whole number from ${min} to ${max}, not ${text}.`);
}

export function choiceOption<Choice extends string | number>(
  name: string,
  text: string,
  choices: readonly Choice[],
): Choice {
  const choice = choices.find((known) => String(known) === text);
  if (choice !== undefined) return choice;
  throw new UsageError(`--${name} must be one of ${choices.join(', ')}, not ${text}.`);
}

export function deviceOption(text: string): string {
  if (NAME_PATTERN.test(text)) return text;
  throw new UsageError(`--device must be a device id (${NAME_PATTERN.source}), not ${text}.`);
}
