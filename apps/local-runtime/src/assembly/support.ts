import { isJsonList, isJsonObject, type Json, type JsonObject } from './template.js';

/**
 * What the runtime does with one property of a supported resource type. A property without a rule is an error, so that
 * nothing new in a template can be ignored silently.
 */
export type PropertyRule =
  | { readonly kind: 'supported' }
  | { readonly kind: 'inert'; readonly reason: string }
  | {
      readonly kind: 'only';
      readonly values: readonly (string | number | boolean)[];
      readonly reason: string;
    }
  | { readonly kind: 'integer'; readonly min: number; readonly max: number; readonly also: readonly number[] }
  | { readonly kind: 'object'; readonly properties: PropertyTable }
  | { readonly kind: 'list'; readonly item: PropertyRule };

/** Property name to rule. */
export interface PropertyTable {
  readonly [property: string]: PropertyRule;
}

/** What the runtime does with a resource type: an engine plays it, or it has no effect on one machine for a stated reason. */
export type TypeSupport =
  | { readonly verdict: 'supported'; readonly properties: PropertyTable }
  | { readonly verdict: 'inert'; readonly reason: string };

/** The judgement of one property of one resource. */
export interface PropertyVerdict {
  readonly path: string;
  readonly verdict: 'supported' | 'inert' | 'error';
  readonly reason: string;
}

/** The reason given for a property without a rule. */
export const unknownProperty = 'the local runtime does not know this property';

/** The property is honoured with any value of its type. */
export const supported: PropertyRule = { kind: 'supported' };

/** The property has no effect on one machine, for the reason given. */
export function inert(reason: string): PropertyRule {
  return { kind: 'inert', reason };
}

/** The property is honoured with these values alone; any other is an error with the reason given. */
export function only(values: readonly (string | number | boolean)[], reason: string): PropertyRule {
  return { kind: 'only', values, reason };
}

/** The property is honoured with whole numbers from `min` to `max`, both included, and the ones in `also`. */
export function integer(min: number, max: number, also: readonly number[] = []): PropertyRule {
  return { kind: 'integer', min, max, also };
}

/** The property is an object whose members have rules of their own. */
export function object(properties: PropertyTable): PropertyRule {
  return { kind: 'object', properties };
}

/** The property is a list whose items follow the rule. */
export function list(item: PropertyRule): PropertyRule {
  return { kind: 'list', item };
}

/** Judges every property of resolved resource properties against a table; paths look like `DestinationConfig.OnFailure`. */
export function judgeProperties(
  properties: JsonObject,
  table: PropertyTable,
  parent = '',
): PropertyVerdict[] {
  return Object.entries(properties).flatMap(([name, value]) => {
    const path = parent === '' ? name : `${parent}.${name}`;
    const rule = Object.hasOwn(table, name) ? table[name] : undefined;
    if (rule === undefined) {
      return [{ path, verdict: 'error' as const, reason: unknownProperty }];
    }
    return judgeValue(value, rule, path);
  });
}

function judgeValue(value: Json, rule: PropertyRule, path: string): PropertyVerdict[] {
  switch (rule.kind) {
    case 'supported':
      return [{ path, verdict: 'supported', reason: '' }];
    case 'inert':
      return [{ path, verdict: 'inert', reason: rule.reason }];
    case 'only': {
      const allowed = rule.values.some((candidate) => String(candidate) === String(value));
      if (allowed) return [{ path, verdict: 'supported', reason: '' }];
      const values = rule.values.map((candidate) => JSON.stringify(candidate)).join(' or ');
      const reason = `${JSON.stringify(value)} is not supported, only ${values}: ${rule.reason}`;
      return [{ path, verdict: 'error', reason }];
    }
    case 'integer': {
      const { min, max, also } = rule;
      // CloudFormation takes numbers as text too.
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      const isWhole = typeof number === 'number' && Number.isInteger(number);
      if (isWhole && ((number >= min && number <= max) || also.includes(number))) {
        return [{ path, verdict: 'supported', reason: '' }];
      }
      const others = also.map((other) => ` or ${other}`).join('');
      const reason = `${JSON.stringify(value)} must be a whole number from ${min} to ${max}${others}`;
      return [{ path, verdict: 'error', reason }];
    }
    case 'object':
      if (!isJsonObject(value)) return [{ path, verdict: 'error', reason: 'it must be an object' }];
      return judgeProperties(value, rule.properties, path);
    case 'list':
      if (!isJsonList(value)) return [{ path, verdict: 'error', reason: 'it must be a list' }];
      return value.flatMap((item, index) => judgeValue(item, rule.item, `${path}[${index}]`));
  }
}
