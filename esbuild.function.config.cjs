const { join } = require('node:path');
const shared = require('./esbuild.config.cjs');

/**
 * The bundle of a function: what all bundles have in common, without what Lambda never runs. Each module that is replaced
 * says why it may be (docs/adr/0004-what-a-bundle-leaves-out.md). Node reads the source map whenever the function starts; two
 * thirds of it would be the text of the sources, of which a stack trace shows nothing.
 */
module.exports = {
  ...shared,
  sourcesContent: false,
  alias: {
    ...shared.alias,
    '@aws-sdk/credential-provider-node': join(__dirname, 'libs/environment/src/lambda-credentials.ts'),
    semver: join(__dirname, 'libs/observability/src/no-version-check.ts'),
  },
};
