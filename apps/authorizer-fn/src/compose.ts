import { createObservability, type Observability } from '@weir/observability';
import { JwtVerifier } from 'aws-jwt-verify';
import {
  JwkValidationError,
  JwksNotAvailableInCacheError,
  JwksValidationError,
  JwtBaseError,
} from 'aws-jwt-verify/error';
import { readConfig } from './config.js';
import { createKeyCache } from './json-web-keys.js';
import { TokenRefusedError, type VerifySignature } from './verify-token.js';

export interface Composition {
  readonly observability: Observability;
  readonly verifySignature: VerifySignature;
}

/** Builds everything once a cold start. */
export function compose(environment: Readonly<Record<string, string | undefined>>): Composition {
  const config = readConfig(environment);
  const verifier = JwtVerifier.create(
    { issuer: config.issuer, audience: config.audience, jwksUri: config.jwksUri },
    { jwksCache: createKeyCache(fetch, 3000) },
  );
  return {
    observability: createObservability('authorizer-fn', config.stage),
    verifySignature: async (token) => {
      try {
        return await verifier.verify(token);
      } catch (error) {
        if (isAboutToken(error)) throw new TokenRefusedError(error.message);
        throw error;
      }
    },
  };
}

/** Keys that cannot be had are the issuer's failure, not the token's: the caller shall try again. */
function isAboutToken(error: unknown): error is JwtBaseError {
  const aboutKeys = [JwksNotAvailableInCacheError, JwksValidationError, JwkValidationError];
  return error instanceof JwtBaseError && !aboutKeys.some((type) => error instanceof type);
}
