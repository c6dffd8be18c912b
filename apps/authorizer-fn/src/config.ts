import { Environment, EnvironmentError } from '@weir/environment';

/** What the function is told by its environment. */
export interface Config {
  /** `STAGE`: the deployment's stage. */
  readonly stage: string;
  /** `TOKEN_ISSUER`: the `iss` that tokens must carry. */
  readonly issuer: string;
  /** `TOKEN_AUDIENCE`: the `aud` that tokens must carry. */
  readonly audience: string;
  /** `TOKEN_JWKS_URI`: where the issuer's public keys are: `https`, or `http` on the loopback interface. */
  readonly jwksUri: string;
}

/** @throws EnvironmentError naming the variable that is missing or wrong. */
export function readConfig(variables: Readonly<Record<string, string | undefined>>): Config {
  const environment = new Environment(variables);
  return {
    stage: environment.text('STAGE'),
    issuer: environment.text('TOKEN_ISSUER'),
    audience: environment.text('TOKEN_AUDIENCE'),
    jwksUri: keyLocation(environment.text('TOKEN_JWKS_URI')),
  };
}

/** Public keys that travel in the clear could be exchanged on the way, so only the loopback interface may do without TLS. */
function keyLocation(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url !== undefined && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback)) return text;
  throw new EnvironmentError('TOKEN_JWKS_URI', `must be an https URL, not ${JSON.stringify(text)}`);
}
