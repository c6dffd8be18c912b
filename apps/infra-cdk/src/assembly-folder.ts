import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of a stage's cloud assembly: `cdk.out` for dev, which the local runtime reads. */
export function assemblyFolderOf(stage: string): string {
  return stage === 'dev' ? 'cdk.out' : `dist/${stage}/cdk.out`;
}

/**
 * Empties the folder of an earlier assembly, since CDK only adds: functions long replaced would stay in it. A folder
 * that holds anything else is left alone.
 *
 * @throws AssemblyFolderError when the folder is neither empty nor an assembly.
 */
export function clearAssembly(folder: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return;
  if (!existsSync(join(folder, 'cdk.out'))) {
    throw new AssemblyFolderError(
      `${folder} holds something else than a cloud assembly; choose another folder`,
    );
  }
  rmSync(folder, { recursive: true });
}

/** The chosen folder cannot take a cloud assembly. */
export class AssemblyFolderError extends Error {
  readonly code = 'assembly_folder_taken';
  override readonly name = 'AssemblyFolderError';
}
