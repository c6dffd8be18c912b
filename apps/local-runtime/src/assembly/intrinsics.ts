import { AssemblyError } from './errors.js';
import { parseSub, splitAttributeName } from './sub-expression.js';
import { isJsonList, isJsonObject, type Json, type JsonObject } from './template.js';

/** Where an expression finds what it names. `undefined` stands for `AWS::NoValue`. */
export interface ExpressionScope {
  /** The value of a parameter, pseudo parameter or resource. @throws AssemblyError when there is none. */
  reference(name: string): Json | undefined;
  attribute(logicalId: string, attribute: string): Json;
  condition(name: string): boolean;
  mapping(map: string, topKey: string, secondKey: string): Json;
  importValue(exportName: string): Json;
}

type Intrinsic = (argument: Json, scope: ExpressionScope, at: string) => Json | undefined;

/**
 * Evaluates a template value: every intrinsic function in it is replaced by its result, and object members and list
 * items that become `AWS::NoValue` are left out.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 *
 * @param at stack, logical id and property path, for messages.
 * @throws AssemblyError `unresolvable_expression` for an unknown or malformed function.
 */
export function resolveExpression(value: Json, scope: ExpressionScope, at: string): Json | undefined {
  if (typeof value === 'string' && value.includes('{{resolve:')) {
    throw unresolvable(at, 'dynamic references ({{resolve:…}}) are not supported');
  }
  if (isJsonList(value)) return resolveList(value, scope, at);
  if (!isJsonObject(value)) return value;
  const keys = Object.keys(value);
  const [key] = keys;
  if (keys.length === 1 && key !== undefined && (key === 'Ref' || key.startsWith('Fn::'))) {
    const intrinsic = intrinsics.get(key);
    if (intrinsic === undefined) throw unresolvable(at, `the function ${key} is not supported`);
    return intrinsic(value[key] ?? null, scope, at);
  }
  const result: Record<string, Json> = {};
  for (const [name, member] of Object.entries(value)) {
    const resolved = resolveExpression(member, scope, `${at}.${name}`);
    if (resolved !== undefined) result[name] = resolved;
  }
  return result;
}

/**
 * Evaluates an entry of a template's `Conditions`.
 *
 * @throws AssemblyError `unresolvable_expression` when it is not a condition function.
 */
export function evaluateCondition(value: Json, scope: ExpressionScope, at: string): boolean {
  if (!isJsonObject(value)) throw unresolvable(at, 'it is not a condition');
  const [key] = Object.keys(value);
  const argument = key === undefined ? undefined : value[key];
  if (key === 'Condition' && typeof argument === 'string') return scope.condition(argument);
  const items = isJsonList(argument) ? argument : [];
  switch (key) {
    case 'Fn::Equals': {
      if (items.length !== 2) throw unresolvable(at, 'Fn::Equals takes two values');
      const [left, right] = items.map((item) => resolveExpression(item, scope, at));
      return JSON.stringify(left) === JSON.stringify(right);
    }
    case 'Fn::And':
      return items.every((item) => evaluateCondition(item, scope, at));
    case 'Fn::Or':
      return items.some((item) => evaluateCondition(item, scope, at));
    case 'Fn::Not': {
      const [inner] = items;
      if (inner === undefined) throw unresolvable(at, 'Fn::Not takes one condition');
      return !evaluateCondition(inner, scope, at);
    }
    default:
      throw unresolvable(at, `${key ?? 'an empty object'} is not a condition function`);
  }
}

const intrinsics = new Map<string, Intrinsic>([
  ['Ref', (argument, scope, at) => scope.reference(text(argument, at, 'Ref takes a name'))],
  ['Fn::GetAtt', getAtt],
  ['Fn::Sub', substitute],
  ['Fn::Join', join],
  ['Fn::Select', select],
  ['Fn::Split', split],
  ['Fn::If', chooseBranch],
  ['Fn::FindInMap', findInMap],
  [
    'Fn::ImportValue',
    (argument, scope, at) =>
      scope.importValue(resolveText(argument, scope, at, 'Fn::ImportValue takes a name')),
  ],
  [
    'Fn::Base64',
    (argument, scope, at) =>
      Buffer.from(resolveText(argument, scope, at, 'Fn::Base64 takes a string')).toString('base64'),
  ],
]);

function getAtt(argument: Json, scope: ExpressionScope, at: string): Json {
  if (typeof argument === 'string') {
    const { logicalId, attribute } = splitAttributeName(argument);
    return scope.attribute(logicalId, attribute ?? '');
  }
  const [logicalId, attribute] = isJsonList(argument) ? argument : [];
  if (typeof logicalId !== 'string' || attribute === undefined) {
    throw unresolvable(at, 'Fn::GetAtt takes a logical id and an attribute');
  }
  return scope.attribute(
    logicalId,
    resolveText(attribute, scope, at, 'the attribute of Fn::GetAtt is a string'),
  );
}

function substitute(argument: Json, scope: ExpressionScope, at: string): string {
  const [expression, given] = isJsonList(argument) ? argument : [argument];
  const variables: JsonObject = isJsonObject(given) ? given : {};
  return parseSub(text(expression ?? null, at, 'Fn::Sub takes a string'))
    .map((part) => {
      if ('text' in part) return part.text;
      const variable = variables[part.name];
      if (variable !== undefined)
        return resolveText(variable, scope, at, `the variable ${part.name} of Fn::Sub is text`);
      const { logicalId, attribute } = splitAttributeName(part.name);
      const value =
        attribute === undefined ? scope.reference(logicalId) : scope.attribute(logicalId, attribute);
      return scalarText(value, at, `\${${part.name}} of Fn::Sub is text`);
    })
    .join('');
}

function join(argument: Json, scope: ExpressionScope, at: string): string {
  const [delimiter, list] = isJsonList(argument) ? argument : [];
  const items = resolveExpression(list ?? null, scope, at);
  if (typeof delimiter !== 'string' || !isJsonList(items))
    throw unresolvable(at, 'Fn::Join takes a delimiter and a list');
  return items.map((item) => scalarText(item, at, 'the items of Fn::Join are text')).join(delimiter);
}

function select(argument: Json, scope: ExpressionScope, at: string): Json {
  const [position, list] = isJsonList(argument) ? argument : [];
  const index = Number(resolveExpression(position ?? null, scope, at) ?? Number.NaN);
  const items = resolveExpression(list ?? null, scope, at);
  const item = isJsonList(items) && Number.isInteger(index) ? items[index] : undefined;
  if (position === undefined || item === undefined)
    throw unresolvable(at, `Fn::Select finds no item ${String(position)}`);
  return item;
}

function split(argument: Json, scope: ExpressionScope, at: string): Json {
  const [delimiter, source] = isJsonList(argument) ? argument : [];
  if (typeof delimiter !== 'string' || source === undefined)
    throw unresolvable(at, 'Fn::Split takes a delimiter and a string');
  return resolveText(source, scope, at, 'Fn::Split takes a string').split(delimiter);
}

function chooseBranch(argument: Json, scope: ExpressionScope, at: string): Json | undefined {
  const [condition, whenTrue, whenFalse] = isJsonList(argument) ? argument : [];
  if (typeof condition !== 'string' || whenTrue === undefined || whenFalse === undefined) {
    throw unresolvable(at, 'Fn::If takes a condition name and two values');
  }
  return resolveExpression(scope.condition(condition) ? whenTrue : whenFalse, scope, at);
}

function findInMap(argument: Json, scope: ExpressionScope, at: string): Json {
  const items = isJsonList(argument) ? argument : [];
  if (items.length !== 3) throw unresolvable(at, 'Fn::FindInMap takes a map name and two keys');
  const [map, topKey, secondKey] = items.map((item) =>
    resolveText(item, scope, at, 'the arguments of Fn::FindInMap are text'),
  );
  return scope.mapping(map ?? '', topKey ?? '', secondKey ?? '');
}

function resolveList(list: readonly Json[], scope: ExpressionScope, at: string): Json {
  return list.flatMap((item, index) => {
    const resolved = resolveExpression(item, scope, `${at}[${index}]`);
    return resolved === undefined ? [] : [resolved];
  });
}

function resolveText(value: Json, scope: ExpressionScope, at: string, rule: string): string {
  return scalarText(resolveExpression(value, scope, at), at, rule);
}

function scalarText(value: Json | undefined, at: string, rule: string): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  throw unresolvable(at, rule);
}

function text(value: Json, at: string, rule: string): string {
  if (typeof value === 'string') return value;
  throw unresolvable(at, rule);
}

function unresolvable(at: string, reason: string): AssemblyError {
  return new AssemblyError('unresolvable_expression', `${at}: ${reason}.`);
}
