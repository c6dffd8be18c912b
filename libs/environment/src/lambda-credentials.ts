import { fromEnv } from '@aws-sdk/credential-provider-env';

type CredentialProvider = ReturnType<typeof fromEnv>;

/**
 * Stands in for `@aws-sdk/credential-provider-node` in the bundles of functions (esbuild.function.config.cjs). Lambda hands
 * a function the credentials of its role in `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`, so the rest
 * of the default chain (profiles, SSO, STS, processes, instance and container metadata) is never asked: about 130 KB.
 *
 * The provider rejects with CredentialsProviderError where the variables are missing.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function defaultProvider(init?: Parameters<typeof fromEnv>[0]): CredentialProvider {
  return fromEnv(init);
}
