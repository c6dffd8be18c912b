import { instrument } from '@weir/observability';
import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent } from 'aws-lambda';
import { compose } from './compose.js';
import { allowResult, Unauthorized } from './transport.js';
import { TokenRefusedError, verifyToken } from './verify-token.js';

const { observability, tokenRules } = compose(process.env);

/** API Gateway Lambda authorizer of type TOKEN for both APIs. */
export const handler = instrument<APIGatewayTokenAuthorizerEvent, APIGatewayAuthorizerResult>(
  observability,
  async (event) => {
    try {
      return allowResult(event, await verifyToken(event.authorizationToken, tokenRules));
    } catch (error) {
      if (!(error instanceof TokenRefusedError)) throw error;
      observability.logger.info('A token was refused.', { reason: error.message });
      throw new Unauthorized();
    }
  },
  (error) => error instanceof Unauthorized,
);
