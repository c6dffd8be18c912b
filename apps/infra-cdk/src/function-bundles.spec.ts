import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { findBundles } from './function-bundles.js';
import { makeBundleFolder } from './testing/bundle-folder.js';

describe('findBundles', () => {
  it('names the command that builds a missing bundle', () => {
    const folder = makeBundleFolder();
    try {
      expect(findBundles(folder.path)['process-fn']).toBe(join(folder.path, 'process-fn', 'dist'));
      rmSync(join(folder.path, 'process-fn', 'dist', 'handler.mjs'));
      expect(() => findBundles(folder.path)).toThrow('npx nx run process-fn:build');
    } finally {
      folder.remove();
    }
  });
});
