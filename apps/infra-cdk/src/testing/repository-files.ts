import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readArchiveSql } from '../archive-sql.js';
import { readContract } from '../contract.js';

const workspaceRoot = resolve(__dirname, '..', '..', '..', '..');

/** The folder of all applications. */
export const appsFolder = join(workspaceRoot, 'apps');

/** The contracts as they are in the repository. */
export function repositoryContracts() {
  const contract = (file: string) => readContract(readFileSync(join(workspaceRoot, 'openapi', file), 'utf8'));
  return { ingest: contract('ingest.v1.yaml'), analytics: contract('analytics.v1.yaml') };
}

/** The statements over the archive, as they are in the repository. */
export function repositoryArchiveSql() {
  return readArchiveSql(join(workspaceRoot, 'apps', 'infra-cdk', 'archive'));
}

export function runbookText(): string {
  return readFileSync(join(workspaceRoot, 'docs', 'runbook.md'), 'utf8');
}

export function deployGuide(): string {
  return readFileSync(join(workspaceRoot, 'docs', 'deploy.md'), 'utf8');
}

/** What the cost model takes each stage's templates to have. */
export function stageSettingsOfCosts(): Readonly<Record<string, unknown>> {
  const file = join(appsFolder, 'bench', 'src', 'cost', 'stage-settings.json');
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}
