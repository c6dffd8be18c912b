import { defineConfig } from 'vite';

/** Everything the page loads comes from the folder that it is served from, wherever that is. */
export default defineConfig({
  base: './',
  resolve: { conditions: ['@weir/source', 'module', 'browser', 'import', 'default'] },
  build: { outDir: 'dist', target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
