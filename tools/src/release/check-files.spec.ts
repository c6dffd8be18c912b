import { checkFiles } from './check-files.js';

const COMPLETE = [
  'package.json',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'dist/index.js',
  'dist/index.js.map',
  'dist/index.d.ts',
  'dist/levels/hour.js',
];

describe('checkFiles', () => {
  it('finds nothing where everything is as it should be', () => {
    expect(checkFiles(COMPLETE, true)).toEqual([]);
  });

  it.each([
    'dist/window.spec.js',
    'dist/testing/engines.js',
    'dist/tsconfig.tsbuildinfo',
    'src/index.ts',
    '.env',
    'node_modules/b/index.js',
  ])('finds %s', (file) => {
    expect(checkFiles([...COMPLETE, file], true)).toEqual([`${file} does not belong into the tarball`]);
  });

  it.each(['LICENSE', 'README.md', 'CHANGELOG.md', 'dist/index.d.ts'])('misses %s', (missing) => {
    const files = COMPLETE.filter((file) => file !== missing);
    expect(checkFiles(files, true)).toEqual([`${missing} is missing from the tarball`]);
  });

  it('asks for no changelog before there is one', () => {
    const files = COMPLETE.filter((file) => file !== 'CHANGELOG.md');
    expect(checkFiles(files, false)).toEqual([]);
  });
});
