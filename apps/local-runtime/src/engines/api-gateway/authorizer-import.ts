import type { AuthorizerDefinition, IdentitySource } from './api-model.js';
import { checkProperties } from './extension-check.js';
import { functionArnOf } from './integration-import.js';
import {
  ApiImportError,
  isObject,
  objectAt,
  optionalNumberAt,
  optionalStringAt,
  stringAt,
  type JsonObject,
} from './json-value.js';

/**
 * Reads a security scheme with `x-amazon-apigateway-authorizer`.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html
 */
export function importAuthorizer(body: JsonObject, name: string): AuthorizerDefinition {
  const path = ['components', 'securitySchemes', name];
  const components = objectAt(body['components'], ['components']);
  const scheme = objectAt(components['securitySchemes'], path.slice(0, 2))[name];
  if (!isObject(scheme)) throw new ApiImportError(path, 'this security scheme is used but not defined');
  const authorizerPath = [...path, 'x-amazon-apigateway-authorizer'];
  const value = scheme['x-amazon-apigateway-authorizer'];
  if (value === undefined)
    throw new ApiImportError(path, 'a security scheme without a Lambda authorizer is not supported here');
  const authorizer = objectAt(value, authorizerPath);
  checkProperties(authorizer, authorizerPath, [
    'type',
    'authorizerUri',
    'authorizerCredentials',
    'identitySource',
    'identityValidationExpression',
    'authorizerResultTtlInSeconds',
  ]);
  const kind = stringAt(authorizer['type'], [...authorizerPath, 'type']).toLowerCase();
  if (kind !== 'token' && kind !== 'request') {
    throw new ApiImportError(
      [...authorizerPath, 'type'],
      `the authorizer type ${kind} is not supported here`,
    );
  }
  const resultTtlSeconds =
    optionalNumberAt(
      authorizer['authorizerResultTtlInSeconds'],
      [...authorizerPath, 'authorizerResultTtlInSeconds'],
      { min: 0, max: 3_600 },
    ) ?? 300;
  const identitySources = identitySourcesOf(kind, authorizer, scheme, authorizerPath);
  if (kind === 'request' && identitySources.length === 0 && resultTtlSeconds > 0) {
    throw new ApiImportError([...authorizerPath, 'identitySource'], 'is required where results are cached');
  }
  const uriPath = [...authorizerPath, 'authorizerUri'];
  return {
    name,
    kind,
    functionArn: functionArnOf(stringAt(authorizer['authorizerUri'], uriPath), uriPath),
    identitySources,
    identityValidation: kind === 'token' ? validationOf(authorizer, authorizerPath) : undefined,
    resultTtlSeconds,
  };
}

function identitySourcesOf(
  kind: 'token' | 'request',
  authorizer: JsonObject,
  scheme: JsonObject,
  path: readonly string[],
): IdentitySource[] {
  const sourcePath = [...path, 'identitySource'];
  const text = optionalStringAt(authorizer['identitySource'], sourcePath);
  const sources = (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => identitySource(part, sourcePath));
  if (kind === 'request') return sources;
  // A token authorizer takes its header from the security scheme, unless it names one itself.
  if (sources.length > 1) throw new ApiImportError(sourcePath, 'a token authorizer has one identity source');
  if (sources.length === 1) return sources;
  return [{ location: 'header', name: stringAt(scheme['name'], [...path.slice(0, -1), 'name']) }];
}

function identitySource(text: string, path: readonly string[]): IdentitySource {
  const request = /^method\.request\.(header|querystring)\.(.+)$/.exec(text);
  if (request?.[2] !== undefined) {
    return { location: request[1] === 'header' ? 'header' : 'querystring', name: request[2] };
  }
  const other = /^(context|stageVariables)\.(.+)$/.exec(text);
  if (other?.[2] !== undefined) {
    return { location: other[1] === 'context' ? 'context' : 'stageVariables', name: other[2] };
  }
  throw new ApiImportError(path, `${text} is not an identity source`);
}

function validationOf(authorizer: JsonObject, path: readonly string[]): RegExp | undefined {
  const expressionPath = [...path, 'identityValidationExpression'];
  const expression = optionalStringAt(authorizer['identityValidationExpression'], expressionPath);
  if (expression === undefined) return undefined;
  try {
    return new RegExp(`^(?:${expression})$`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ApiImportError(expressionPath, `is not a regular expression: ${reason}`);
  }
}
