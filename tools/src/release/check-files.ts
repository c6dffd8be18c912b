/** What a tarball must hold. */
const REQUIRED = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'dist/index.js', 'dist/index.d.ts'];

/** What it may hold besides: modules, their types and their source maps, but none of tests. */
const ALLOWED = /^dist\/(?!.*(?:\.spec\.|\btesting\/)).+(?:\.js|\.d\.ts|\.js\.map)$/;

/**
 * Says which of a tarball's files do not belong there, and which are missing.
 *
 * @param released whether the package has had a release, and so has a changelog.
 */
export function checkFiles(files: readonly string[], released: boolean): string[] {
  const required = REQUIRED.filter((file) => released || file !== 'CHANGELOG.md');
  return [
    ...required.filter((file) => !files.includes(file)).map((file) => `${file} is missing from the tarball`),
    ...files
      .filter((file) => !REQUIRED.includes(file) && !ALLOWED.test(file))
      .map((file) => `${file} does not belong into the tarball`),
  ];
}
