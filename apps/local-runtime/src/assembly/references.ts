import { isJsonList, isJsonObject, type Json } from './template.js';
import { parseSub, splitAttributeName } from './sub-expression.js';

/** What an expression refers to inside its own stack, or an export of another stack. */
export type Reference =
  | { readonly kind: 'name'; readonly name: string; readonly path: string }
  | { readonly kind: 'import'; readonly exportName: Json; readonly path: string };

/**
 * Every reference in a template value (Ref, Fn::GetAtt, Fn::Sub, Fn::ImportValue), in all branches of every Fn::If.
 * `path` is the property path of the reference, for messages.
 */
export function collectReferences(value: Json | undefined, path: string): Reference[] {
  if (isJsonList(value)) return value.flatMap((item, index) => collectReferences(item, `${path}[${index}]`));
  if (!isJsonObject(value)) return [];
  const keys = Object.keys(value);
  const [key] = keys;
  if (keys.length === 1 && key !== undefined) {
    const argument = value[key];
    if (key === 'Ref' && typeof argument === 'string') return [{ kind: 'name', name: argument, path }];
    if (key === 'Fn::GetAtt') return [{ kind: 'name', name: getAttTarget(argument), path }];
    if (key === 'Fn::Sub') return collectSub(argument, path);
    if (key === 'Fn::ImportValue' && argument !== undefined) {
      return [{ kind: 'import', exportName: argument, path }, ...collectReferences(argument, path)];
    }
  }
  return keys.flatMap((name) => collectReferences(value[name], path === '' ? name : `${path}.${name}`));
}

function getAttTarget(argument: Json | undefined): string {
  if (typeof argument === 'string') return splitAttributeName(argument).logicalId;
  const target = isJsonList(argument) ? argument[0] : undefined;
  return typeof target === 'string' ? target : '';
}

function collectSub(argument: Json | undefined, path: string): Reference[] {
  const expression = isJsonList(argument) ? argument[0] : argument;
  const variables = isJsonList(argument) && isJsonObject(argument[1]) ? argument[1] : {};
  const own = Object.values(variables).flatMap((variable) => collectReferences(variable, path));
  if (typeof expression !== 'string') return own;
  const names = parseSub(expression).flatMap((part) =>
    'name' in part && !(part.name in variables) ? [part.name] : [],
  );
  return [
    ...own,
    ...names.map((name): Reference => ({ kind: 'name', name: splitAttributeName(name).logicalId, path })),
  ];
}
