import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { findBundles, findPage } from './function-bundles.js';
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

describe('findPage', () => {
  it('names the command that builds the missing page', () => {
    const folder = makeBundleFolder();
    try {
      expect(findPage(folder.path)).toBe(join(folder.path, 'dashboard', 'dist'));
      rmSync(join(folder.path, 'dashboard', 'dist', 'index.html'));
      expect(() => findPage(folder.path)).toThrow('npx nx run dashboard:build');
    } finally {
      folder.remove();
    }
  });
});
