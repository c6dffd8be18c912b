/** A piece of an `Fn::Sub` string: literal text, or a name (`Parameter`, `Resource`, `Resource.Attribute`, `AWS::Region`). */
export type SubPart = { readonly text: string } | { readonly name: string };

/**
 * Splits an `Fn::Sub` string: `'a-${Name}-${!Literal}'` becomes text `a-`, name `Name`, text `-${Literal}`.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
 */
export function parseSub(expression: string): SubPart[] {
  const parts: SubPart[] = [];
  let position = 0;
  for (const match of expression.matchAll(/\$\{(!?)([^}]*)\}/g)) {
    if (match.index > position) parts.push({ text: expression.slice(position, match.index) });
    const name = match[2] ?? '';
    parts.push(match[1] === '!' ? { text: `\${${name}}` } : { name: name.trim() });
    position = match.index + match[0].length;
  }
  if (position < expression.length) parts.push({ text: expression.slice(position) });
  return parts;
}

/** Splits `Resource.Attribute.Nested` at its first dot; without a dot there is no attribute. */
export function splitAttributeName(name: string): { logicalId: string; attribute?: string } {
  const dot = name.indexOf('.');
  return dot < 0 ? { logicalId: name } : { logicalId: name.slice(0, dot), attribute: name.slice(dot + 1) };
}
