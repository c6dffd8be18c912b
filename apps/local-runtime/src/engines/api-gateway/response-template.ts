import { headerOf, queryOf, type ApiRequest } from './api-request.js';
import { isObject } from './json-value.js';

/** What a response template or response parameter may refer to. */
export interface TemplateValues {
  readonly context: Readonly<Record<string, unknown>>;
  readonly request: ApiRequest;
  readonly pathParameters: Readonly<Record<string, string>>;
}

const name = '(?:context|method\\.request|stageVariables)(?:\\.[A-Za-z0-9_-]+)+';
const variable = new RegExp(`\\$\\{(${name})\\}|\\$(${name})`, 'g');

/**
 * Replaces `$context.…`, `$method.request.…` and `$stageVariables.…`. Gateway responses know this simple substitution only, not
 * the Velocity language. What is not known becomes empty.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 */
export function renderTemplate(template: string, values: TemplateValues): string {
  return template.replace(
    variable,
    (_, braced: string | undefined, bare: string | undefined) => valueOf(braced ?? bare ?? '', values) ?? '',
  );
}

/** A response parameter: a `'static value'`, or an expression; undefined when the expression has no value. */
export function renderParameter(expression: string, values: TemplateValues): string | undefined {
  return expression.startsWith("'") ? expression.slice(1, -1) : valueOf(expression, values);
}

function valueOf(expression: string, values: TemplateValues): string | undefined {
  const parameter =
    /^method\.request\.(header|querystring|path|multivalueheader|multivaluequerystring)\.(.+)$/.exec(
      expression,
    );
  if (parameter?.[2] !== undefined) {
    const name = parameter[2];
    if (parameter[1] === 'path') return values.pathParameters[name];
    return parameter[1]?.endsWith('header') === true
      ? headerOf(values.request.headers, name)
      : queryOf(values.request.query, name);
  }
  if (!expression.startsWith('context.')) return undefined;
  let current: unknown = values.context;
  for (const name of expression.split('.').slice(1)) current = isObject(current) ? current[name] : undefined;
  return current === undefined || current === null || typeof current === 'object'
    ? undefined
    : String(current);
}
