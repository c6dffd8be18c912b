import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { RequiredParameter, Route } from './api-model.js';
import { headerOf, queryOf, type ApiRequest } from './api-request.js';
import { GatewayFailure } from './gateway-failure.js';
import { ApiImportError, isObject, type JsonObject } from './json-value.js';
import { isBinary, mediaTypeOf } from './media-types.js';
import type { MatchedRoute } from './route-table.js';

const schemaRoot = 'api';

/**
 * Basic request validation: required parameters must be there and not blank, and a body must match the model of its media type.
 * A body whose media type has no model, and a binary one, is not looked at.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 */
export class RequestValidator {
  private readonly validators = new Map<Route, ReadonlyMap<string, ValidateFunction>>();

  /** @throws ApiImportError when a model is not a valid schema. */
  constructor(
    body: JsonObject,
    routes: readonly Route[],
    private readonly binaryMediaTypes: readonly string[],
  ) {
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
    ajv.addSchema({ $id: schemaRoot, components: toJsonSchema(body['components'] ?? {}) });
    for (const route of routes) {
      const compiled = new Map<string, ValidateFunction>();
      for (const [mediaType, schema] of route.bodySchemas)
        compiled.set(mediaType, compile(ajv, route, mediaType, schema));
      this.validators.set(route, compiled);
    }
  }

  /** @throws GatewayFailure BAD_REQUEST_PARAMETERS or BAD_REQUEST_BODY. */
  check(request: ApiRequest, matched: MatchedRoute): void {
    const missing = matched.route.requiredParameters.filter(
      (parameter) => (parameterValue(parameter, request, matched) ?? '').trim() === '',
    );
    if (missing.length > 0) {
      const names = missing.map((parameter) => parameter.name).join(', ');
      throw new GatewayFailure('BAD_REQUEST_PARAMETERS', {
        message: `Missing required request parameters: [${names}]`,
      });
    }
    this.checkBody(request, matched.route);
  }

  private checkBody(request: ApiRequest, route: Route): void {
    const mediaType = mediaTypeOf(headerOf(request.headers, 'content-type')) ?? 'application/json';
    const validate = this.validators.get(route)?.get(mediaType);
    if (validate === undefined || isBinary(this.binaryMediaTypes, mediaType)) return;
    let value: unknown;
    try {
      value = JSON.parse(request.body.toString('utf8'));
    } catch {
      throw new GatewayFailure('BAD_REQUEST_BODY', { validationErrorString: 'null' });
    }
    if (validate(value)) return;
    const found = (validate.errors ?? []).map(describe).join(', ');
    throw new GatewayFailure('BAD_REQUEST_BODY', { validationErrorString: `[${found}]` });
  }
}

function compile(ajv: Ajv, route: Route, mediaType: string, schema: JsonObject): ValidateFunction {
  try {
    return ajv.compile(toJsonSchema(schema) as JsonObject);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ApiImportError(
      [
        'paths',
        route.resourcePath,
        route.method.toLowerCase(),
        'requestBody',
        'content',
        mediaType,
        'schema',
      ],
      `is not a usable schema: ${reason}`,
    );
  }
}

function parameterValue(
  parameter: RequiredParameter,
  request: ApiRequest,
  matched: MatchedRoute,
): string | undefined {
  if (parameter.location === 'path') return matched.pathParameters[parameter.name];
  return parameter.location === 'header'
    ? headerOf(request.headers, parameter.name)
    : queryOf(request.query, parameter.name);
}

/**
 * Turns the schema dialect of OpenAPI 3.0 into the JSON Schema that ajv knows: exclusive bounds as numbers, references into
 * the registered components, and no OpenAPI-only keyword.
 */
function toJsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toJsonSchema);
  if (!isObject(value)) return value;
  const result: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(value)) {
    if (key === 'example' || key === 'discriminator' || key === 'xml' || key === 'externalDocs') continue;
    if (key === '$ref' && typeof child === 'string') result[key] = child.replace(/^#\//, `${schemaRoot}#/`);
    else result[key] = toJsonSchema(child);
  }
  for (const [exclusive, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof result[exclusive] !== 'boolean') continue;
    if (result[exclusive] === true && bound in result) {
      result[exclusive] = result[bound];
      delete result[bound];
    } else {
      delete result[exclusive];
    }
  }
  return result;
}

/** The wording of the validator that API Gateway uses, for the commonest findings. */
function describe(error: ErrorObject): string {
  const params = error.params as JsonObject;
  switch (error.keyword) {
    case 'required':
      return `object has missing required properties (["${String(params['missingProperty'])}"])`;
    case 'additionalProperties':
      return `object instance has properties which are not allowed by the schema: ["${String(params['additionalProperty'])}"]`;
    case 'type':
      return `instance at ${error.instancePath || '/'} does not match any allowed primitive type (allowed: ["${String(params['type'])}"])`;
    default:
      return `instance at ${error.instancePath || '/'} ${error.message ?? error.keyword}`;
  }
}
