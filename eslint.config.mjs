import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/**
 * Who may import whom (docs/architecture.md, "House rules"). Domain code knows no AWS and does no I/O; functions reach
 * the world through adapters; clients, the simulator and the local runtime know no server code. The vocabulary is names that
 * both the functions and the infrastructure use.
 */
const depConstraints = [
  {
    sourceTag: 'type:domain',
    onlyDependOnLibsWithTags: ['type:domain'],
    bannedExternalImports: ['@aws-*', 'aws-*'],
  },
  { sourceTag: 'type:vocabulary', onlyDependOnLibsWithTags: [] },
  {
    sourceTag: 'type:adapter',
    onlyDependOnLibsWithTags: ['type:domain', 'type:adapter', 'type:vocabulary', 'type:check'],
  },
  { sourceTag: 'type:function', onlyDependOnLibsWithTags: ['type:domain', 'type:adapter'] },
  { sourceTag: 'type:operations', onlyDependOnLibsWithTags: ['type:domain', 'type:adapter'] },
  { sourceTag: 'type:client', onlyDependOnLibsWithTags: ['type:client'] },
  { sourceTag: 'type:dashboard', onlyDependOnLibsWithTags: ['type:client'] },
  { sourceTag: 'type:simulator', onlyDependOnLibsWithTags: ['type:client', 'type:check'] },
  { sourceTag: 'type:check', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'type:runtime', onlyDependOnLibsWithTags: ['type:check'] },
  { sourceTag: 'type:infra', onlyDependOnLibsWithTags: ['type:vocabulary'] },
  { sourceTag: 'type:contract', onlyDependOnLibsWithTags: ['type:check'] },
  { sourceTag: 'type:tool', onlyDependOnLibsWithTags: [] },
  {
    sourceTag: 'type:bench',
    onlyDependOnLibsWithTags: ['type:domain', 'type:adapter', 'type:client', 'type:check'],
  },
  { sourceTag: 'type:e2e', onlyDependOnLibsWithTags: ['type:client', 'type:check'] },
  { sourceTag: 'scope:client', onlyDependOnLibsWithTags: ['scope:client'] },
  { sourceTag: 'scope:server', onlyDependOnLibsWithTags: ['scope:server', 'scope:shared'] },
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/cdk.out*/**', '**/generated/**', '**/reports/**', '**/node_modules/**'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    plugins: { '@nx': nx },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-console': 'off',
      'max-lines-per-function': ['error', { max: 90, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@nx/enforce-module-boundaries': [
        'error',
        { enforceBuildableLibDependency: false, allow: ['jest\\.preset\\.js$'], depConstraints },
      ],
    },
  },
  {
    files: ['**/*.spec.ts', '**/testing/**', '**/simulation/**'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    files: ['libs/telemetry-schema/src/**', 'libs/aggregation/src/**'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^node:(?!zlib$)', message: 'Domain code does no I/O; node:zlib is computation.' },
          ],
        },
      ],
      'no-restricted-globals': ['error', 'process', 'fetch', 'setTimeout', 'setInterval'],
    },
  },
  {
    files: ['**/*.{cjs,mjs,js}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        require: 'readonly',
        module: 'writable',
        URL: 'readonly',
        fetch: 'readonly',
        __dirname: 'readonly',
        setInterval: 'readonly',
      },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);
