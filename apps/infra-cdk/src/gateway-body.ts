import {
  ContractError,
  contractMethods,
  type Contract,
  type ContractResponse,
  type Operation,
  type Parameter,
  type PathItem,
  type Reference,
} from './contract.js';
import { gatewayResponses, type GatewayResponse } from './gateway-responses.js';

/** What the gateway needs beyond the contract. URIs may hold CloudFormation tokens. */
export interface GatewayBodyOptions {
  /** Name of the REST API: an import takes it from the body. */
  readonly apiName: string;
  /** `arn:…:apigateway:…:lambda:path/2015-03-31/functions/<function arn>/invocations` of the function behind all routes. */
  readonly integrationUri: string;
  readonly authorizerUri: string;
  readonly authorizerCacheSeconds: number;
  /** Bodies of these types reach the function as base64, byte for byte; others are taken for UTF-8 text. */
  readonly binaryMediaTypes?: readonly string[];
  /** Answers from this size on are compressed when the client allows it; absent: never. */
  readonly minimumCompressionBytes?: number;
  /** For an API that web pages call. */
  readonly allowOrigin?: string;
}

/** Three base64url parts: anything else is refused without running the authorizer, unsigned tokens (`alg: none`) included. */
export const bearerTokenPattern =
  '^[Bb][Ee][Aa][Rr][Ee][Rr] +[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$';

const authorizerName = 'bearer';

interface Integration {
  readonly type: 'aws_proxy';
  readonly httpMethod: 'POST';
  readonly uri: string;
}

interface GatewayParameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema: { readonly type: 'string' };
}

export interface GatewayOperation {
  readonly operationId?: string;
  readonly parameters?: readonly GatewayParameter[];
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly 'x-amazon-apigateway-integration': Integration;
}

export interface GatewayBody {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, GatewayOperation>>>>;
  readonly components: { readonly securitySchemes: Readonly<Record<string, object>> };
  readonly 'x-amazon-apigateway-gateway-responses': Readonly<Record<string, GatewayResponse>>;
  readonly 'x-amazon-apigateway-binary-media-types'?: readonly string[];
  readonly 'x-amazon-apigateway-minimum-compression-size'?: number;
}

/**
 * Turns a contract into the body of an `AWS::ApiGateway::RestApi`.
 *
 * The body is composed from the few things that the gateway acts on: paths, methods, parameter names, the authorizer
 * and the integrations. Schemas, examples, `servers` and the rest stay out: API Gateway imports them only in part, and
 * requests are judged in the functions, which can name the wrong field.
 *
 * Every path also answers any other method from the same function and without a token, so that the function says 405
 * with `Allow`, and answers a browser's preflight, which never carries a token.
 *
 * @throws ContractError for an operation that asks for no token, and for what the contract holds but this does not know.
 */
export function gatewayBody(contract: Contract, options: GatewayBodyOptions): GatewayBody {
  const { binaryMediaTypes, minimumCompressionBytes, allowOrigin } = options;
  const paths = Object.entries(contract.paths).map(
    ([path, item]) => [path, gatewayPath(contract, path, item, options.integrationUri)] as const,
  );
  return {
    openapi: contract.openapi,
    info: { title: options.apiName, version: contract.info.version },
    paths: Object.fromEntries(paths),
    components: { securitySchemes: { [authorizerName]: authorizerScheme(options) } },
    'x-amazon-apigateway-gateway-responses': gatewayResponses(
      allowOrigin === undefined ? {} : { allowOrigin },
    ),
    ...(binaryMediaTypes && { 'x-amazon-apigateway-binary-media-types': binaryMediaTypes }),
    ...(minimumCompressionBytes !== undefined && {
      'x-amazon-apigateway-minimum-compression-size': minimumCompressionBytes,
    }),
  };
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html */
function authorizerScheme(options: GatewayBodyOptions): object {
  return {
    type: 'apiKey',
    name: 'Authorization',
    in: 'header',
    'x-amazon-apigateway-authtype': 'custom',
    'x-amazon-apigateway-authorizer': {
      type: 'token',
      authorizerUri: options.authorizerUri,
      authorizerResultTtlInSeconds: options.authorizerCacheSeconds,
      identitySource: 'method.request.header.Authorization',
      identityValidationExpression: bearerTokenPattern,
    },
  };
}

function gatewayPath(
  contract: Contract,
  path: string,
  item: PathItem,
  uri: string,
): Record<string, GatewayOperation> {
  const known = new Set<string>([...contractMethods, 'parameters', 'summary', 'description']);
  const unknown = Object.keys(item).find((key) => !known.has(key));
  if (unknown !== undefined) throw new ContractError(`paths.${path}.${unknown}: is not known`);

  const integration: Integration = { type: 'aws_proxy', httpMethod: 'POST', uri };
  const shared = resolveParameters(contract, item.parameters);
  const operations: Record<string, GatewayOperation> = {};
  for (const method of contractMethods) {
    const operation = item[method];
    if (operation === undefined) continue;
    requireToken(contract, `paths.${path}.${method}`, operation);
    const own = resolveParameters(contract, operation.parameters);
    operations[method] = {
      operationId: operation.operationId,
      ...parametersMember([...withoutOverridden(shared, own), ...own]),
      responses: responseDescriptions(contract, operation),
      security: [{ [authorizerName]: [] }],
      'x-amazon-apigateway-integration': integration,
    };
  }
  operations['x-amazon-apigateway-any-method'] = {
    ...parametersMember(shared.filter((parameter) => parameter.in === 'path')),
    responses: { '405': { description: 'The path does not have this method.' } },
    'x-amazon-apigateway-integration': integration,
  };
  return operations;
}

/** An operation that names no scheme would be open to the world; nothing in these contracts is meant to be. */
function requireToken(contract: Contract, place: string, operation: Operation): void {
  const schemes = contract.components?.securitySchemes ?? {};
  const alternatives = operation.security ?? [];
  const names = alternatives.flatMap((alternative) => Object.keys(alternative));
  const authorized =
    alternatives.length > 0 &&
    alternatives.every((alternative) => Object.keys(alternative).length === 1) &&
    names.every((name) => schemes[name]?.type === 'openIdConnect');
  if (!authorized)
    throw new ContractError(`${place}.security: must name an openIdConnect scheme, and nothing else`);
}

function resolveParameters(
  contract: Contract,
  parameters: readonly (Parameter | Reference)[] | undefined,
): Parameter[] {
  return (parameters ?? []).map((parameter) =>
    '$ref' in parameter ? resolve(contract.components?.parameters, 'parameters', parameter.$ref) : parameter,
  );
}

function withoutOverridden(shared: readonly Parameter[], own: readonly Parameter[]): Parameter[] {
  return shared.filter((one) => !own.some((other) => other.name === one.name && other.in === one.in));
}

function parametersMember(parameters: readonly Parameter[]): { parameters?: GatewayParameter[] } {
  if (parameters.length === 0) return {};
  return {
    parameters: parameters.map((parameter) => ({
      name: parameter.name,
      in: parameter.in,
      required: parameter.required ?? false,
      schema: { type: 'string' },
    })),
  };
}

function responseDescriptions(
  contract: Contract,
  operation: Operation,
): Record<string, { description: string }> {
  return Object.fromEntries(
    Object.entries(operation.responses).map(([status, response]) => {
      if (!/^[1-5][0-9][0-9]$/.test(status)) {
        throw new ContractError(
          `${operation.operationId}.responses.${status}: API Gateway imports numbers only`,
        );
      }
      const { description }: ContractResponse =
        '$ref' in response ? resolve(contract.components?.responses, 'responses', response.$ref) : response;
      return [status, { description }];
    }),
  );
}

function resolve<T>(components: Readonly<Record<string, T>> | undefined, kind: string, ref: string): T {
  const prefix = `#/components/${kind}/`;
  const found = ref.startsWith(prefix) ? components?.[ref.slice(prefix.length)] : undefined;
  if (found === undefined) throw new ContractError(`$ref ${ref}: there is no such component`);
  return found;
}
