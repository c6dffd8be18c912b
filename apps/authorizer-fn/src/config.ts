import { Environment, EnvironmentError } from '@weir/environment';

/** Whom a token must have been made for: this service by its `aud`, or one of these clients by its `client_id`. */
export type Addressee =
  | { readonly kind: 'audience'; readonly audience: string }
  | { readonly kind: 'clients'; readonly clientIds: readonly string[] };

/** What the function is told by its environment. */
export interface Config {
  /** `STAGE`: the deployment's stage. */
  readonly stage: string;
  /** `TOKEN_ISSUER`: the `iss` that tokens must carry. */
  readonly issuer: string;
  /**
   * `TOKEN_AUDIENCE`: the `aud` that tokens must carry; or `TOKEN_CLIENT_IDS`, separated by commas, for the access
   * tokens of an Amazon Cognito user pool, which name no audience.
   */
  readonly addressee: Addressee;
  /** `TOKEN_SCOPE_PREFIX`: what the issuer writes before Weir's scopes, such as `weir/`; without the variable, nothing. */
  readonly scopePrefix: string;
  /** `TOKEN_JWKS_URI`: where the issuer's public keys are: `https`, or `http` on the loopback interface. */
  readonly jwksUri: string;
}

/** @throws EnvironmentError naming the variable that is missing or wrong. */
export function readConfig(variables: Readonly<Record<string, string | undefined>>): Config {
  const environment = new Environment(variables);
  return {
    stage: environment.text('STAGE'),
    issuer: environment.text('TOKEN_ISSUER'),
    addressee: addresseeIn(environment, variables),
    scopePrefix: variables['TOKEN_SCOPE_PREFIX'] ?? '',
    jwksUri: keyLocation(environment.text('TOKEN_JWKS_URI')),
  };
}

/** Exactly one of the two: with neither every token of the issuer would do, and with both it would be unclear which counts. */
function addresseeIn(
  environment: Environment,
  variables: Readonly<Record<string, string | undefined>>,
): Addressee {
  if (variables['TOKEN_CLIENT_IDS'] === undefined) {
    return { kind: 'audience', audience: environment.text('TOKEN_AUDIENCE') };
  }
  if (variables['TOKEN_AUDIENCE'] !== undefined) {
    throw new EnvironmentError('TOKEN_CLIENT_IDS', 'excludes TOKEN_AUDIENCE');
  }
  const ids = environment.text('TOKEN_CLIENT_IDS').split(',');
  const clientIds = ids.map((id) => id.trim()).filter((id) => id !== '');
  if (clientIds.length === 0) throw new EnvironmentError('TOKEN_CLIENT_IDS', 'names no client');
  return { kind: 'clients', clientIds };
}

/** Public keys that travel in the clear could be exchanged on the way, so only the loopback interface may do without TLS. */
function keyLocation(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url !== undefined && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback)) return text;
  throw new EnvironmentError('TOKEN_JWKS_URI', `must be an https URL, not ${JSON.stringify(text)}`);
}
