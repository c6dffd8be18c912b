import { createObservability, type Observability } from '@weir/observability';
import { JwtVerifier } from 'aws-jwt-verify';
import { validateCognitoJwtFields } from 'aws-jwt-verify/cognito-verifier';
import {
  JwkValidationError,
  JwksNotAvailableInCacheError,
  JwksValidationError,
  JwtBaseError,
} from 'aws-jwt-verify/error';
import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import { readConfig, type Addressee } from './config.js';
import { createKeyCache } from './json-web-keys.js';
import { TokenRefusedError, type TokenRules } from './verify-token.js';

export interface Composition {
  readonly observability: Observability;
  readonly tokenRules: TokenRules;
}

/** Builds everything once a cold start. */
export function compose(environment: Readonly<Record<string, string | undefined>>): Composition {
  const config = readConfig(environment);
  const verifier = JwtVerifier.create(
    { issuer: config.issuer, jwksUri: config.jwksUri, ...addresseeCheck(config.addressee) },
    { jwksCache: createKeyCache(fetch, 3000) },
  );
  return {
    observability: createObservability('authorizer-fn', config.stage),
    tokenRules: {
      scopePrefix: config.scopePrefix,
      verifySignature: async (token) => {
        try {
          return await verifier.verify(token);
        } catch (error) {
          if (isAboutToken(error)) throw new TokenRefusedError(error.message);
          throw error;
        }
      },
    },
  };
}

/**
 * An access token of Amazon Cognito carries the client that asked for it instead of an audience.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
function addresseeCheck(addressee: Addressee): AddresseeCheck {
  if (addressee.kind === 'audience') return { audience: addressee.audience };
  const clientId = [...addressee.clientIds];
  return {
    audience: null,
    customJwtCheck: ({ payload }) => validateCognitoJwtFields(payload, { tokenUse: 'access', clientId }),
  };
}

interface AddresseeCheck {
  readonly audience: string | null;
  readonly customJwtCheck?: (token: { payload: JwtPayload }) => void;
}

/** Keys that cannot be had are the issuer's failure, not the token's: the caller shall try again. */
function isAboutToken(error: unknown): error is JwtBaseError {
  const aboutKeys = [JwksNotAvailableInCacheError, JwksValidationError, JwkValidationError];
  return error instanceof JwtBaseError && !aboutKeys.some((type) => error instanceof type);
}
