import type { LambdaIntegration, MockIntegration } from './api-model.js';
import { checkProperties } from './extension-check.js';
import {
  ApiImportError,
  isObject,
  objectAt,
  optionalNumberAt,
  optionalStringAt,
  stringAt,
  type JsonObject,
} from './json-value.js';

const lambdaUri = /^arn:[^:]+:apigateway:[^:]*:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/;

/** The function of an API Gateway URI for Lambda. */
export function functionArnOf(uri: string, path: readonly string[]): string {
  const arn = lambdaUri.exec(uri)?.[1];
  if (arn === undefined) throw new ApiImportError(path, `${uri} is not the URI of a Lambda function`);
  return arn;
}

/**
 * Reads `x-amazon-apigateway-integration`: Lambda proxies, and mocks with a fixed status.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html
 */
export function importIntegration(
  value: unknown,
  path: readonly string[],
): LambdaIntegration | MockIntegration {
  if (value === undefined) throw new ApiImportError(path, 'the method has no integration');
  const integration = objectAt(value, path);
  const type = stringAt(integration['type'], [...path, 'type']).toLowerCase();
  if (type === 'aws_proxy') return importLambda(integration, path);
  if (type === 'mock') return importMock(integration, path);
  throw new ApiImportError([...path, 'type'], `the integration type ${type} is not supported here`);
}

function importLambda(integration: JsonObject, path: readonly string[]): LambdaIntegration {
  checkProperties(integration, path, [
    'type',
    'uri',
    'httpMethod',
    'timeoutInMillis',
    'passthroughBehavior',
    'credentials',
    'connectionType',
    'cacheNamespace',
    'cacheKeyParameters',
    'responses',
  ]);
  const httpMethod = stringAt(integration['httpMethod'], [...path, 'httpMethod']);
  if (httpMethod !== 'POST') {
    throw new ApiImportError([...path, 'httpMethod'], 'must be POST: Lambda accepts nothing else');
  }
  return {
    kind: 'lambda',
    functionArn: functionArnOf(stringAt(integration['uri'], [...path, 'uri']), [...path, 'uri']),
    timeoutMs:
      optionalNumberAt(integration['timeoutInMillis'], [...path, 'timeoutInMillis'], {
        min: 50,
        max: 29_000,
      }) ?? 29_000,
  };
}

function importMock(integration: JsonObject, path: readonly string[]): MockIntegration {
  checkProperties(integration, path, [
    'type',
    'requestTemplates',
    'responses',
    'passthroughBehavior',
    'contentHandling',
  ]);
  const responses = objectAt(integration['responses'], [...path, 'responses']);
  const names = Object.keys(responses);
  if (names.length !== 1) {
    throw new ApiImportError(
      [...path, 'responses'],
      'a mock with other than one response is not supported here',
    );
  }
  const name = names[0] ?? 'default';
  const responsePath = [...path, 'responses', name];
  const response = objectAt(responses[name], responsePath);
  checkProperties(response, responsePath, ['statusCode', 'responseParameters', 'responseTemplates']);
  const statusPath = [...responsePath, 'statusCode'];
  const statusCode = optionalNumberAt(response['statusCode'], statusPath, { min: 100, max: 599 });
  if (statusCode === undefined) throw new ApiImportError(statusPath, 'is missing');
  const templates = response['responseTemplates'];
  const contentType = isObject(templates) ? Object.keys(templates)[0] : undefined;
  return {
    kind: 'mock',
    statusCode,
    headers: importHeaders(
      response['responseParameters'],
      [...responsePath, 'responseParameters'],
      'method.response.header.',
    ),
    template:
      contentType === undefined || !isObject(templates)
        ? undefined
        : {
            contentType,
            text:
              optionalStringAt(templates[contentType], [...responsePath, 'responseTemplates', contentType]) ??
              '',
          },
  };
}

/** Reads response parameters whose keys begin with a prefix such as `gatewayresponse.header.`, as header name to expression. */
export function importHeaders(value: unknown, path: readonly string[], prefix: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const [key, expression] of Object.entries(objectAt(value, path))) {
    if (!key.startsWith(prefix))
      throw new ApiImportError([...path, key], `only ${prefix}* is supported here`);
    const text = stringAt(expression, [...path, key]);
    if (!/^('.*'|(context|method\.request|stageVariables)\..+)$/s.test(text)) {
      throw new ApiImportError(
        [...path, key],
        `${text} is neither a 'static value' nor a request or context value`,
      );
    }
    headers.set(key.slice(prefix.length), text);
  }
  return headers;
}
