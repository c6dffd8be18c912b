import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AssemblyFolderError, writeAssembly } from '../src/assembly-folder.js';
import { ArchiveSqlError, readArchiveSql } from '../src/archive-sql.js';
import { ContractError, readContract } from '../src/contract.js';
import { findBundles, findPage, MissingBundleError } from '../src/function-bundles.js';
import { ConfigError } from '../src/stage-config.js';
import { selectStage } from '../src/stage-selection.js';
import { weirApp } from '../src/weir-app.js';

const projectFolder = resolve(import.meta.dirname, '..');
const appsFolder = resolve(projectFolder, '..');
const contractsFolder = resolve(appsFolder, '..', 'openapi');

function synthesize(): void {
  const { config, outputFolder } = selectStage(process.argv.slice(2), process.env);
  const folder = resolve(projectFolder, outputFolder);
  const contract = (file: string) => readContract(readFileSync(join(contractsFolder, file), 'utf8'));
  const contracts = { ingest: contract('ingest.v1.yaml'), analytics: contract('analytics.v1.yaml') };
  const bundles = findBundles(appsFolder);
  const page = findPage(appsFolder);
  const archiveSql = readArchiveSql(join(projectFolder, 'archive'));
  writeAssembly(folder, () => {
    weirApp({ config, contracts, bundles, page, archiveSql, outputFolder: folder }).synth();
  });
}

try {
  synthesize();
} catch (error) {
  // A mistake of the caller needs its message alone; anything else is a defect, which needs its stack.
  const known = [ArchiveSqlError, AssemblyFolderError, ConfigError, ContractError, MissingBundleError].some(
    (type) => error instanceof type,
  );
  console.error(known && error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
