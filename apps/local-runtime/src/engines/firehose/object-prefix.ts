/** A prefix expression is malformed. The message completes a sentence that begins with the property's name. */
export class PrefixError extends Error {
  readonly code = 'prefix_invalid';
  override readonly name = 'PrefixError';
}

type PrefixPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'timestamp'; readonly pattern: readonly TimestampPart[] }
  | { readonly kind: 'random-string' }
  | { readonly kind: 'error-output-type' };

type TimestampPart = { readonly text: string } | { readonly field: string };

/** What the expressions of a prefix are evaluated with. */
export interface PrefixValues {
  /** Arrival of the oldest record of the object, in ms since the epoch. */
  readonly timestampMs: number;
  /** A number in [0, 1). */
  random(): number;
  readonly errorOutputType?: string;
}

/** A parsed prefix. */
export interface ObjectPrefix {
  readonly hasExpressions: boolean;
  evaluate(values: PrefixValues): string;
}

/**
 * Parses a prefix with expressions such as `!{timestamp:yyyy/MM/dd/HH}`, `!{firehose:random-string}` and, for error
 * prefixes, `!{firehose:error-output-type}`. A prefix without any is followed by `yyyy/MM/dd/HH/`, as on AWS. Times are UTC.
 * https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html
 *
 * @throws PrefixError
 */
export function parsePrefix(text: string, options: { readonly errors: boolean }): ObjectPrefix {
  const parts: PrefixPart[] = [];
  let position = 0;
  for (const match of text.matchAll(/!\{([^}]*)\}/g)) {
    if (match.index > position) parts.push({ kind: 'text', text: text.slice(position, match.index) });
    parts.push(parseExpression(match[1] ?? '', options.errors));
    position = match.index + match[0].length;
  }
  const rest = text.slice(position);
  if (rest.includes('!{')) throw new PrefixError(`holds an expression that is not closed: ${rest}`);
  if (rest !== '') parts.push({ kind: 'text', text: rest });
  const hasExpressions = parts.some(({ kind }) => kind !== 'text');
  if (!hasExpressions) parts.push({ kind: 'timestamp', pattern: parsePattern('yyyy/MM/dd/HH/') });
  return { hasExpressions, evaluate: (values) => parts.map((part) => evaluatePart(part, values)).join('') };
}

function parseExpression(expression: string, errors: boolean): PrefixPart {
  const colon = expression.indexOf(':');
  const namespace = expression.slice(0, Math.max(0, colon));
  const value = expression.slice(colon + 1);
  if (namespace === 'timestamp') return { kind: 'timestamp', pattern: parsePattern(value) };
  if (namespace === 'firehose' && value === 'random-string') return { kind: 'random-string' };
  if (namespace === 'firehose' && value === 'error-output-type' && errors)
    return { kind: 'error-output-type' };
  throw new PrefixError(`holds the expression !{${expression}}, which is not supported here`);
}

/** Field letters of Java's DateTimeFormatter that are numbers; quotes hold text. */
function parsePattern(pattern: string): TimestampPart[] {
  const parts: TimestampPart[] = [];
  let length = 0;
  for (const match of pattern.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|([^A-Za-z']+)/g)) {
    length += match[0].length;
    const quoted = match[1];
    if (quoted !== undefined) parts.push({ text: quoted === '' ? "'" : quoted.replaceAll("''", "'") });
    else if (match[2] === undefined) parts.push({ text: match[0] });
    else if (timestampFields[match[0]] === undefined) {
      throw new PrefixError(`holds the timestamp pattern ${pattern}, whose ${match[0]} is not supported`);
    } else parts.push({ field: match[0] });
  }
  if (length < pattern.length)
    throw new PrefixError(`holds the timestamp pattern ${pattern}, whose quotes are not closed`);
  return parts;
}

const timestampFields: Readonly<Record<string, (time: Date) => string>> = {
  yyyy: (time) => String(time.getUTCFullYear()).padStart(4, '0'),
  yy: (time) => String(time.getUTCFullYear() % 100).padStart(2, '0'),
  MM: (time) => String(time.getUTCMonth() + 1).padStart(2, '0'),
  M: (time) => String(time.getUTCMonth() + 1),
  dd: (time) => String(time.getUTCDate()).padStart(2, '0'),
  d: (time) => String(time.getUTCDate()),
  HH: (time) => String(time.getUTCHours()).padStart(2, '0'),
  H: (time) => String(time.getUTCHours()),
  mm: (time) => String(time.getUTCMinutes()).padStart(2, '0'),
  ss: (time) => String(time.getUTCSeconds()).padStart(2, '0'),
  SSS: (time) => String(time.getUTCMilliseconds()).padStart(3, '0'),
};

function evaluatePart(part: PrefixPart, values: PrefixValues): string {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'timestamp': {
      const time = new Date(values.timestampMs);
      return part.pattern
        .map((piece) => ('text' in piece ? piece.text : (timestampFields[piece.field]?.(time) ?? '')))
        .join('');
    }
    case 'random-string':
      return randomString(values.random);
    case 'error-output-type':
      return values.errorOutputType ?? 'unknown';
  }
}

const randomAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function randomString(random: () => number): string {
  return Array.from(
    { length: 11 },
    () => randomAlphabet[Math.floor(random() * randomAlphabet.length)] ?? 'A',
  ).join('');
}
