import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent } from 'aws-lambda';
import type { Grant } from './verify-token.js';

/** API Gateway answers 401 only for an error with exactly this message. */
export class Unauthorized extends Error {
  constructor() {
    super('Unauthorized');
  }
}

/**
 * Allows the whole stage of the API: the gateway caches the answer by token, for whatever route asks next. Which
 * operation a scope opens, and which device, is decided by the function behind it.
 */
export function allowResult(event: APIGatewayTokenAuthorizerEvent, grant: Grant): APIGatewayAuthorizerResult {
  const [api, stage] = event.methodArn.split('/');
  return {
    principalId: grant.principalId,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: `${api}/${stage}/*` }],
    },
    context: { ...grant.context },
  };
}
