import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** These packages ship ES modules only, and Jest's CommonJS runtime needs them transformed. */
const esmOnly = [
  ...['jose', 'oauth4webapi', 'p-limit', 'yocto-queue'],
  ...['openapi-fetch', 'openapi-typescript-helpers', 'uuid'],
];

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@weir/source', 'node', 'node-addons'] },
  testMatch: ['<rootDir>/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/cdk.out/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/cdk.out/'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  transform: {
    '\\.[cm]?[jt]s$': [
      require.resolve('@swc/jest'),
      {
        jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  reporters: ['default', [require.resolve('./tools/src/totals-reporter.cjs'), {}]],
};
