const { join } = require('node:path');

/**
 * What every bundle for Lambda and for the local runtime has in common. CommonJS dependencies inside an ES module still
 * call `require`, hence the banner; `module` before `main` lets esbuild drop what a function does not use.
 */
module.exports = {
  alias: { 'cls-hooked/context': join(__dirname, 'libs/observability/src/continuation-local-storage.ts') },
  outExtension: { '.js': '.mjs' },
  conditions: ['@weir/source', 'module', 'import'],
  mainFields: ['module', 'main'],
  legalComments: 'none',
  banner: {
    js: "import { createRequire as weirCreateRequire } from 'node:module';const require = weirCreateRequire(import.meta.url);",
  },
};
