import { AuthorizationResponseError, ResponseBodyError } from 'oauth4webapi';

import type { OauthAccess } from '../configuration.js';

/** Why nobody is signed in; the message says what happened. */
export class SignInError extends Error {
  override readonly name = 'SignInError';

  constructor(
    message: string,
    /** What can be done about it. */
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** No more than this of an issuer's own words is shown. */
const DESCRIPTION_LENGTH_MAX = 200;

/**
 * Puts what went wrong between the page and the issuer into words: an error code of either endpoint
 * (https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1, section 5.2), or no answer that could be used.
 */
export function signInErrorOf(error: unknown, access: OauthAccess): SignInError {
  if (error instanceof SignInError) return error;
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    const { what, remedy } = answeredWith(error.error, access);
    const said = (error.error_description ?? '').slice(0, DESCRIPTION_LENGTH_MAX);
    return new SignInError(said === '' ? what : `${what} It says: “${said}”`, remedy, { cause: error });
  }
  const host = new URL(access.tokenUrl).host;
  if (isWithoutAnswer(error)) {
    return new SignInError(
      `The issuer at ${host} cannot be reached.`,
      'Try again. If that does not help, the issuer may not allow requests from this page (CORS).',
      { cause: error },
    );
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new SignInError(
    `The answer of the issuer at ${host} cannot be used: ${reason}.`,
    'Whoever runs this page has to compare access in dashboard.json with the issuer.',
    { cause: error },
  );
}

/** What `fetch` throws where there is no connection or no permission, and when its time is up. */
function isWithoutAnswer(error: unknown): boolean {
  const timedOut = error instanceof DOMException && error.name === 'TimeoutError';
  return timedOut || (error instanceof TypeError && !('code' in error));
}

function answeredWith(code: string, { scope, clientId }: OauthAccess): { what: string; remedy: string } {
  switch (code) {
    case 'access_denied':
      return {
        what: 'The sign-in was cancelled or denied.',
        remedy: 'Sign in again, with an account that may read telemetry.',
      };
    case 'invalid_scope':
      return {
        what: `The issuer does not give the scope “${scope}”.`,
        remedy:
          'Whoever runs this page has to correct access.scope in dashboard.json, or the client’s scopes.',
      };
    case 'invalid_client':
    case 'unauthorized_client':
      return {
        what: `The issuer does not accept the client “${clientId}”.`,
        remedy: 'Whoever runs this page has to correct access.clientId in dashboard.json, or the client.',
      };
    case 'invalid_grant':
      return { what: 'The code of this sign-in is used up or too old.', remedy: 'Sign in again.' };
    case 'server_error':
    case 'temporarily_unavailable':
      return { what: 'The issuer has a problem of its own.', remedy: 'Try again in a while.' };
    default:
      return {
        what: `The issuer answered with the error “${code}”.`,
        remedy: 'Sign in again. If that does not help, whoever runs this page has to look at the client.',
      };
  }
}
