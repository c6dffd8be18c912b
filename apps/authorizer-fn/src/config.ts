export interface Config {
  readonly stage: string;
  /** The `iss` that tokens must carry. */
  readonly issuer: string;
  /** The `aud` that tokens must carry. */
  readonly audience: string;
  /** Where the issuer's public keys are: `https`, or `http` on the loopback interface. */
  readonly jwksUri: string;
}

/** @throws Error naming the variable that is missing or wrong. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const required = (name: string): string => {
    const value = environment[name];
    if (value === undefined || value === '') throw new Error(`The environment variable ${name} is not set.`);
    return value;
  };
  return {
    stage: required('STAGE'),
    issuer: required('TOKEN_ISSUER'),
    audience: required('TOKEN_AUDIENCE'),
    jwksUri: keyLocation(required('TOKEN_JWKS_URI')),
  };
}

/** Public keys that travel in the clear could be exchanged on the way, so only the loopback interface may do without TLS. */
function keyLocation(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url !== undefined && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback)) return text;
  throw new Error(
    `The environment variable TOKEN_JWKS_URI must be an https URL, not ${JSON.stringify(text)}.`,
  );
}
