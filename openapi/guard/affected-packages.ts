import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { OUTPUTS } from '../generate/output-table.js';
import type { Repository } from './repository.js';

/** A published package whose sources are generated from a contract. */
export interface PublicPackage {
  readonly name: string;
  readonly folder: string;
  readonly version: string;
}

/** The packages to release when a contract changes; private packages go nowhere and so are left out. */
export function affectedPackages(repository: Repository, contract: string, base?: string): PublicPackage[] {
  const folders = generatedFrom(repository, contract, base).map((path) =>
    path.split('/').slice(0, 2).join('/'),
  );
  return [...new Set(folders)].flatMap((folder) => packageIn(repository, folder) ?? []);
}

/** What the table of generation says; of a contract that is gone, what the base has under its name. */
function generatedFrom(
  repository: Repository,
  contract: string,
  base: string | undefined,
): readonly string[] {
  const outputs = OUTPUTS.find((entry) => entry.contract === contract);
  if (outputs !== undefined) {
    return [...outputs.types, ...outputs.operations, ...Object.keys(outputs.validators)];
  }
  const prefix = `/generated/${basename(contract, '.yaml')}.`;
  if (base === undefined) return [];
  return ['apps', 'libs'].flatMap((folder) =>
    repository.filesAt(base, folder).filter((path) => path.includes(prefix)),
  );
}

function packageIn({ root }: Repository, folder: string): PublicPackage | undefined {
  const file = join(root, folder, 'package.json');
  if (!existsSync(file)) return undefined;
  const {
    name,
    version,
    private: isPrivate,
  } = JSON.parse(readFileSync(file, 'utf8')) as PublicPackage & {
    readonly private?: boolean;
  };
  return isPrivate === true ? undefined : { name, folder, version };
}
