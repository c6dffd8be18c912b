import type { InvokeResult } from '../lambda/lambda-function.js';
import type { AuthorizerDefinition, IdentitySource } from './api-model.js';
import { headerOf, queryOf, type ApiRequest } from './api-request.js';
import { AuthorizerCache } from './authorizer-cache.js';
import { evaluatePolicy } from './authorizer-policy.js';
import { GatewayFailure } from './gateway-failure.js';
import { isObject } from './json-value.js';
import { requestFields } from './proxy-event.js';
import type { MatchedRoute } from './route-table.js';

/** What an authorizer function said about a caller. */
export interface AuthorizerResult {
  readonly principalId: string;
  readonly policyDocument: unknown;
  /** Every value as text, as a REST API hands it on. */
  readonly context: Readonly<Record<string, string>>;
}

export interface AuthorizationInput {
  readonly request: ApiRequest;
  readonly matched: MatchedRoute;
  /** `arn:aws:execute-api:<region>:<account>:<api>/<stage>/<METHOD>/<path>`. */
  readonly methodArn: string;
  readonly requestContext: Readonly<Record<string, unknown>>;
  invoke(functionArn: string, payload: string): Promise<InvokeResult>;
}

/**
 * Asks Lambda authorizers who a caller is, and keeps their answers by identity.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
 */
export class Authorizers {
  private readonly cache: AuthorizerCache<AuthorizerResult>;

  constructor(clock: () => number) {
    this.cache = new AuthorizerCache(clock);
  }

  /**
   * What goes into `requestContext.authorizer`.
   * @throws GatewayFailure UNAUTHORIZED, ACCESS_DENIED, AUTHORIZER_FAILURE or AUTHORIZER_CONFIGURATION_ERROR.
   */
  async authorize(
    definition: AuthorizerDefinition,
    input: AuthorizationInput,
  ): Promise<Readonly<Record<string, string | number>>> {
    const identity = identityOf(definition, input);
    const startMs = performance.now();
    const ask = (): Promise<AuthorizerResult> => askFunction(definition, identity, input);
    const result =
      definition.resultTtlSeconds === 0
        ? await ask()
        : await this.cache.get(
            JSON.stringify([definition.name, ...identity]),
            definition.resultTtlSeconds * 1000,
            ask,
          );
    const decision = evaluatePolicy(result.policyDocument, input.methodArn);
    if (decision === undefined) throw new GatewayFailure('AUTHORIZER_CONFIGURATION_ERROR');
    if (decision !== 'allow') {
      const suffix = decision === 'explicitDeny' ? ' with an explicit deny' : '';
      throw new GatewayFailure('ACCESS_DENIED', {
        message: `User is not authorized to access this resource${suffix}`,
      });
    }
    return {
      ...result.context,
      principalId: result.principalId,
      integrationLatency: Math.round(performance.now() - startMs),
    };
  }
}

/** The values of the identity sources; a missing or empty one is refused before the function is asked. */
function identityOf(definition: AuthorizerDefinition, input: AuthorizationInput): string[] {
  const values = definition.identitySources.map((source) => identityValue(source, input));
  if (values.some((value) => value === undefined || value === '')) throw new GatewayFailure('UNAUTHORIZED');
  const [token] = values;
  if (definition.identityValidation !== undefined && !definition.identityValidation.test(token ?? '')) {
    throw new GatewayFailure('UNAUTHORIZED');
  }
  return values.map((value) => value ?? '');
}

function identityValue(source: IdentitySource, input: AuthorizationInput): string | undefined {
  switch (source.location) {
    case 'header':
      return headerOf(input.request.headers, source.name);
    case 'querystring':
      return queryOf(input.request.query, source.name);
    case 'context': {
      let current: unknown = input.requestContext;
      for (const name of source.name.split('.')) current = isObject(current) ? current[name] : undefined;
      return typeof current === 'string' ? current : undefined;
    }
    case 'stageVariables':
      return undefined;
  }
}

async function askFunction(
  definition: AuthorizerDefinition,
  identity: readonly string[],
  input: AuthorizationInput,
): Promise<AuthorizerResult> {
  const event =
    definition.kind === 'token'
      ? { type: 'TOKEN', methodArn: input.methodArn, authorizationToken: identity[0] ?? '' }
      : {
          type: 'REQUEST',
          methodArn: input.methodArn,
          ...requestFields(input.request, input.matched),
          requestContext: input.requestContext,
        };
  const answer = await input.invoke(definition.functionArn, JSON.stringify(event));
  if (answer.statusCode !== 200) throw new GatewayFailure('AUTHORIZER_FAILURE');
  const value = parse(answer.payload);
  if (answer.functionError !== undefined) {
    const unauthorized = isObject(value) && value['errorMessage'] === 'Unauthorized';
    throw new GatewayFailure(unauthorized ? 'UNAUTHORIZED' : 'AUTHORIZER_CONFIGURATION_ERROR');
  }
  const result = readResult(value);
  if (result === undefined) throw new GatewayFailure('AUTHORIZER_CONFIGURATION_ERROR');
  return result;
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

function readResult(value: unknown): AuthorizerResult | undefined {
  if (!isObject(value) || typeof value['principalId'] !== 'string' || !isObject(value['policyDocument'])) {
    return undefined;
  }
  const context: Record<string, string> = {};
  for (const [name, entry] of Object.entries(isObject(value['context']) ? value['context'] : {})) {
    if (entry === null || entry === undefined) continue;
    // Objects and lists are not allowed in the context.
    if (typeof entry === 'object') return undefined;
    context[name] = String(entry);
  }
  return { principalId: value['principalId'], policyDocument: value['policyDocument'], context };
}
