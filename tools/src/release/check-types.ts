import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import type { Problem } from '@arethetypeswrong/core';

/** How ES modules are resolved. The packages have nothing for CommonJS, nor for resolution as before `exports`. */
const RESOLUTIONS: readonly string[] = ['node16-esm', 'node16', 'bundler'];

/**
 * Says where TypeScript would see something else than what Node.js or a bundler loads
 * (https://github.com/arethetypeswrong/arethetypeswrong.github.io/tree/main/docs/problems).
 */
export async function checkTypes(tarball: Uint8Array): Promise<string[]> {
  const analysis = await checkPackage(createPackageFromTarballData(tarball));
  if (analysis.types === false) return ['it has no types'];
  return analysis.problems.filter(concernsModules).map((problem) => `its types: ${describe(problem)}`);
}

function concernsModules(problem: Problem): boolean {
  if ('resolutionKind' in problem) return RESOLUTIONS.includes(problem.resolutionKind);
  if ('resolutionOption' in problem) return RESOLUTIONS.includes(problem.resolutionOption);
  return true;
}

function describe({ kind, ...rest }: Problem): string {
  const where = ['entrypoint', 'resolutionKind', 'typesFileName', 'fileName', 'moduleSpecifier'];
  const details = Object.entries(rest).filter(([key]) => where.includes(key));
  return `${kind} (${details.map(([key, value]) => `${key} ${String(value)}`).join(', ')})`;
}
