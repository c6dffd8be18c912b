/** A setting has a value that cannot be deployed. The message names the field and the reason. */
export class ConfigError extends Error {
  readonly code = 'config_invalid';
  override readonly name = 'ConfigError';

  constructor(
    readonly field: string,
    readonly reason: string,
  ) {
    super(`${field}: ${reason}`);
  }
}

/** How one setting is read from text (the command line) and what its values may be. */
export interface Rule {
  parse(text: string): unknown;
  /** Why the value is wrong, or undefined when it is right. */
  complaint(value: unknown): string | undefined;
}

/** One rule for every leaf of a settings type, so that no setting can be added without one. */
export type RulesOf<T> = {
  readonly [K in keyof Required<T>]: Required<T>[K] extends object ? RulesOf<Required<T>[K]> : Rule;
};

/** Text that is no number is kept, for the message to show it. */
function numberOrText(text: string): number | string {
  return /^-?[0-9]+$/.test(text) ? Number(text) : text;
}

/** A whole number in [min, max]. */
export function integer(min: number, max: number): Rule {
  return {
    parse: numberOrText,
    complaint: (value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
        ? undefined
        : `must be a whole number from ${min} to ${max}, not ${String(value)}`,
  };
}

/** One of the given numbers. */
export function oneOfNumbers(values: readonly number[]): Rule {
  return {
    parse: numberOrText,
    complaint: (value) =>
      typeof value === 'number' && values.includes(value)
        ? undefined
        : `must be one of ${values.join(', ')}, not ${String(value)}`,
  };
}

/** One of the given words. */
export function oneOfWords(values: readonly string[]): Rule {
  return {
    parse: (text) => text,
    complaint: (value) =>
      typeof value === 'string' && values.includes(value)
        ? undefined
        : `must be one of ${values.join(', ')}, not ${String(value)}`,
  };
}

/** Text that matches the pattern, which `what` describes. */
function matching(pattern: RegExp, what: string): Rule {
  return {
    parse: (text) => text,
    complaint: (value) =>
      typeof value === 'string' && pattern.test(value) ? undefined : `must be ${what}, not ${String(value)}`,
  };
}

/** An address that mail can be sent to, as far as its looks tell. */
export const emailAddress = matching(/^[^\s@]+@[^\s@]+\.[^\s@.]+$/, 'a mail address');

/** A name in the DNS, without a dot at its end. */
export const domainName = matching(
  /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/,
  'a domain name in lower case',
);

/** CloudFront takes certificates from this region alone. */
export const certificateArn = matching(
  /^arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate\/[0-9a-f-]{36}$/,
  'the ARN of a certificate in us-east-1',
);

/** True or false. */
export const flag: Rule = {
  parse: (text) => (text === 'true' ? true : text === 'false' ? false : text),
  complaint: (value) =>
    typeof value === 'boolean' ? undefined : `must be true or false, not ${String(value)}`,
};

/** A word that stands for the absence of a number, or what the rule allows. */
export function wordOr(word: string, rule: Rule): Rule {
  return {
    parse: (text) => (text === word ? word : rule.parse(text)),
    complaint: (value) => {
      const complaint = value === word ? undefined : rule.complaint(value);
      return complaint === undefined ? undefined : complaint.replace('must be ', `must be ${word} or `);
    },
  };
}

type Node = { readonly [name: string]: unknown };

/** Checks every field that has a rule. @throws ConfigError at the first wrong one. */
export function checkFields(settings: object, rules: object, parent = ''): void {
  for (const [name, rule] of Object.entries(rules as Node)) {
    const field = parent === '' ? name : `${parent}.${name}`;
    const value = (settings as Node)[name];
    if (isRule(rule)) {
      const complaint = rule.complaint(value);
      if (complaint !== undefined) throw new ConfigError(field, complaint);
    } else {
      checkFields(value as object, rule as object, field);
    }
  }
}

/**
 * A copy of the settings in which the dotted field (`stream.shards`) has the value that `text` stands for.
 *
 * @throws ConfigError when there is no such field.
 */
export function withField<T extends object>(settings: T, rules: RulesOf<T>, field: string, text: string): T {
  const copy = structuredClone(settings);
  let node: Record<string, unknown> = copy as Record<string, unknown>;
  let rule: unknown = rules;
  const path = field.split('.');
  for (const [depth, name] of path.entries()) {
    if (isRule(rule) || !Object.hasOwn(rule as object, name)) {
      throw new ConfigError(field, 'is not a setting');
    }
    rule = (rule as Node)[name];
    if (depth === path.length - 1 && isRule(rule)) {
      node[name] = rule.parse(text);
      return copy;
    }
    node = node[name] as Record<string, unknown>;
  }
  throw new ConfigError(field, 'is a group of settings; name one of them');
}

function isRule(candidate: unknown): candidate is Rule {
  return typeof candidate === 'object' && candidate !== null && 'complaint' in candidate;
}
