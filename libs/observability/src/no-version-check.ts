/**
 * Stands in for `semver` in the bundles of functions (esbuild.function.config.cjs). The X-Ray SDK asks it for one thing: whether
 * the AWS SDK v2 that it is to capture is recent enough. No function has that SDK.
 *
 * @throws Error always
 */
export function gte(version: string): never {
  throw new Error(`The AWS SDK ${version} cannot be captured: bundles of functions are made for AWS SDK v3.`);
}
