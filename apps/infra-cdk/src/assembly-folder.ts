import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of a stage's cloud assembly: `cdk.out` for dev, which the local runtime reads. */
export function assemblyFolderOf(stage: string): string {
  return stage === 'dev' ? 'cdk.out' : `dist/${stage}/cdk.out`;
}

/**
 * Has an assembly written into an empty folder. That of an earlier one is emptied first, since CDK only adds: functions
 * long replaced would stay in it. What is written when `write` throws is no assembly, and is removed.
 *
 * @throws AssemblyFolderError when the folder is neither empty nor an assembly; it is then left alone.
 */
export function writeAssembly(folder: string, write: () => void): void {
  clear(folder);
  try {
    write();
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function clear(folder: string): void {
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
