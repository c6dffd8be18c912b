import { createHash } from 'node:crypto';
import type {
  ApiModel,
  AuthorizerDefinition,
  GatewayResponseDefinition,
  RequiredParameter,
  Route,
} from './api-model.js';
import { importAuthorizer } from './authorizer-import.js';
import { checkExtensions, checkProperties, operationKeys } from './extension-check.js';
import { responseTypes } from './gateway-failure.js';
import { importHeaders, importIntegration } from './integration-import.js';
import {
  ApiImportError,
  booleanAt,
  isObject,
  listAt,
  objectAt,
  optionalNumberAt,
  optionalStringAt,
  resolveReference,
  stringAt,
  type JsonObject,
} from './json-value.js';

/** An OpenAPI 3.0 document with API Gateway's extensions, all template intrinsics resolved. */
export type OpenApiBody = JsonObject;

interface Validator {
  readonly body: boolean;
  readonly parameters: boolean;
}

/**
 * Reads an API definition as `ImportRestApi` does.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
 * @throws ApiImportError naming the place, when something is wrong or not supported here.
 */
export function importOpenApi(body: OpenApiBody): ApiModel {
  checkExtensions(body);
  const version = String(body['openapi'] ?? body['swagger'] ?? '');
  if (!version.startsWith('3.0')) {
    throw new ApiImportError(
      ['openapi'],
      `version ${version || '(none)'} is not supported here: API Gateway imports 3.0`,
    );
  }
  const validators = importValidators(body);
  const routes: Route[] = [];
  for (const [resourcePath, pathItemValue] of Object.entries(objectAt(body['paths'], ['paths']))) {
    const pathItem = objectAt(pathItemValue, ['paths', resourcePath]);
    for (const { method, key } of operationKeys(pathItem)) {
      routes.push(importRoute(body, validators, resourcePath, pathItem, method, key));
    }
  }
  return {
    routes,
    gatewayResponses: importGatewayResponses(body),
    binaryMediaTypes: importBinaryMediaTypes(body),
    minimumCompressionSizeBytes: optionalNumberAt(
      body['x-amazon-apigateway-minimum-compression-size'],
      ['x-amazon-apigateway-minimum-compression-size'],
      { min: 0, max: 10_485_760 },
    ),
  };
}

function importRoute(
  body: JsonObject,
  validators: ReadonlyMap<string, Validator>,
  resourcePath: string,
  pathItem: JsonObject,
  method: string,
  key: string,
): Route {
  const path = ['paths', resourcePath, key];
  const operation = objectAt(pathItem[key], path);
  const validator = validatorOf(body, operation, validators, path);
  return {
    method,
    resourcePath,
    resourceId: createHash('sha256').update(resourcePath).digest('hex').slice(0, 6),
    integration: importIntegration(operation['x-amazon-apigateway-integration'], [
      ...path,
      'x-amazon-apigateway-integration',
    ]),
    authorizer: authorizerOf(body, operation, path),
    requiredParameters: validator.parameters ? requiredParametersOf(body, pathItem, operation, path) : [],
    bodySchemas: validator.body ? bodySchemasOf(body, operation, path) : new Map(),
  };
}

function authorizerOf(
  body: JsonObject,
  operation: JsonObject,
  path: readonly string[],
): AuthorizerDefinition | undefined {
  const requirements = listAt(operation['security'] ?? body['security'], [...path, 'security']);
  const names = requirements.flatMap((requirement) =>
    isObject(requirement) ? Object.keys(requirement) : [],
  );
  if (names.length > 1) {
    throw new ApiImportError(
      [...path, 'security'],
      'more than one security scheme on a method is not supported here',
    );
  }
  return names[0] === undefined ? undefined : importAuthorizer(body, names[0]);
}

function importValidators(body: JsonObject): Map<string, Validator> {
  const path = ['x-amazon-apigateway-request-validators'];
  const validators = new Map<string, Validator>();
  for (const [name, value] of Object.entries(objectAt(body[path[0] ?? ''], path))) {
    const validator = objectAt(value, [...path, name]);
    checkProperties(validator, [...path, name], ['validateRequestBody', 'validateRequestParameters']);
    validators.set(name, {
      body: booleanAt(validator['validateRequestBody'], [...path, name, 'validateRequestBody']),
      parameters: booleanAt(validator['validateRequestParameters'], [
        ...path,
        name,
        'validateRequestParameters',
      ]),
    });
  }
  return validators;
}

function validatorOf(
  body: JsonObject,
  operation: JsonObject,
  validators: ReadonlyMap<string, Validator>,
  path: readonly string[],
): Validator {
  const key = 'x-amazon-apigateway-request-validator';
  const name = optionalStringAt(operation[key] ?? body[key], [...path, key]);
  if (name === undefined) return { body: false, parameters: false };
  const validator = validators.get(name);
  if (validator === undefined)
    throw new ApiImportError([...path, key], `no request validator is named ${name}`);
  return validator;
}

function requiredParametersOf(
  body: JsonObject,
  pathItem: JsonObject,
  operation: JsonObject,
  path: readonly string[],
): RequiredParameter[] {
  const required = new Map<string, RequiredParameter>();
  const lists = [pathItem['parameters'], operation['parameters']];
  for (const item of lists.flatMap((list) => listAt(list, [...path, 'parameters']))) {
    const parameter = objectAt(resolveReference(body, item, [...path, 'parameters']), [
      ...path,
      'parameters',
    ]);
    const name = stringAt(parameter['name'], [...path, 'parameters', 'name']);
    const place = stringAt(parameter['in'], [...path, 'parameters', name, 'in']);
    if (place !== 'path' && place !== 'query' && place !== 'header') continue;
    const location = place === 'query' ? 'querystring' : place;
    // The operation's own definition of a parameter replaces the one of its path.
    if (parameter['required'] === true) required.set(`${location}.${name}`, { location, name });
    else required.delete(`${location}.${name}`);
  }
  return [...required.values()];
}

function bodySchemasOf(
  body: JsonObject,
  operation: JsonObject,
  path: readonly string[],
): Map<string, JsonObject> {
  const schemas = new Map<string, JsonObject>();
  const bodyPath = [...path, 'requestBody'];
  const requestBody = objectAt(resolveReference(body, operation['requestBody'], bodyPath), bodyPath);
  for (const [mediaType, value] of Object.entries(
    objectAt(requestBody['content'], [...bodyPath, 'content']),
  )) {
    const content = objectAt(value, [...bodyPath, 'content', mediaType]);
    if (content['schema'] === undefined) continue;
    schemas.set(
      mediaType.toLowerCase(),
      objectAt(content['schema'], [...bodyPath, 'content', mediaType, 'schema']),
    );
  }
  return schemas;
}

function importGatewayResponses(body: JsonObject): Map<string, GatewayResponseDefinition> {
  const rootPath = ['x-amazon-apigateway-gateway-responses'];
  const definitions = new Map<string, GatewayResponseDefinition>();
  for (const [type, value] of Object.entries(objectAt(body[rootPath[0] ?? ''], rootPath))) {
    const path = [...rootPath, type];
    if (!responseTypes.has(type)) throw new ApiImportError(path, 'there is no such gateway response type');
    const response = objectAt(value, path);
    checkProperties(response, path, ['statusCode', 'responseParameters', 'responseTemplates']);
    const templates = new Map<string, string>();
    for (const [contentType, text] of Object.entries(objectAt(response['responseTemplates'], path))) {
      templates.set(contentType, stringAt(text, [...path, 'responseTemplates', contentType]));
    }
    definitions.set(type, {
      statusCode: optionalNumberAt(response['statusCode'], [...path, 'statusCode'], { min: 100, max: 599 }),
      headers: importHeaders(
        response['responseParameters'],
        [...path, 'responseParameters'],
        'gatewayresponse.header.',
      ),
      templates,
    });
  }
  return definitions;
}

function importBinaryMediaTypes(body: JsonObject): string[] {
  const path = ['x-amazon-apigateway-binary-media-types'];
  return listAt(body[path[0] ?? ''], path).map((type, index) => stringAt(type, [...path, String(index)]));
}
