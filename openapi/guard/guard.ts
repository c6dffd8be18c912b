import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { affectedPackages, type PublicPackage } from './affected-packages.js';
import { findBase, type Base } from './base.js';
import type { Bump } from './bump.js';
import { changesetsSince } from './changesets.js';
import { CONTRACTS, contractAt, contractNow, contractsAt, contractsNow } from './contract-files.js';
import { needOf, type Need } from './need.js';
import { raisedBy } from './raised-version.js';
import { GuardError, type Repository } from './repository.js';
import { compareContracts, type Finding, type Verdict } from './verdict.js';

/** What the guard says of one contract. */
export interface ContractReport {
  readonly contract: string;
  readonly base: Base;
  readonly bump: Bump;
  readonly findings: readonly Finding[];
  readonly needs: readonly Need[];
}

/**
 * Compares every contract of the work tree, and every one that the base has and the work tree lacks, with the base.
 *
 * @throws {GuardError} where there is no base, or a file cannot be read as what it should be
 */
export function judgeContracts(repository: Repository, requestedBase?: string): ContractReport[] {
  const present = contractsNow(repository);
  const reports = present.map((contract) => judgeContract(repository, contract, requestedBase));
  const gone = new Map<string, Base>();
  for (const { base } of reports) {
    for (const contract of contractsAt(repository, base.commit)) {
      if (!present.includes(contract)) gone.set(contract, base);
    }
  }
  return [...reports, ...[...gone].map(([contract, base]) => reportOf(repository, contract, base))];
}

function judgeContract(
  repository: Repository,
  contract: string,
  requested: string | undefined,
): ContractReport {
  const packages = affectedPackages(repository, contract).map(({ name }) => name);
  const base = findBase(repository, {
    requested,
    defaultBranch: defaultBranch(repository),
    contracts: CONTRACTS,
    packages,
  });
  return reportOf(repository, contract, base);
}

function reportOf(repository: Repository, contract: string, base: Base): ContractReport {
  const verdict = verdictOn(repository, contract, base);
  const changesets = changesetsSince(repository, base.commit);
  const packages = verdict.bump === 'none' ? [] : affectedPackages(repository, contract, base.commit);
  const needs = packages.map((affected) =>
    needOf(affected.name, verdict.bump, changesets, raisedSince(repository, base, affected)),
  );
  return { contract, base, ...verdict, needs };
}

function verdictOn(repository: Repository, contract: string, base: Base): Verdict {
  const before = contractAt(repository, base.commit, contract);
  const after = contractNow(repository, contract);
  if (before === undefined) return whole('added', 'contract-added', 'minor', 'Nobody uses it yet.');
  if (after === undefined) {
    return whole('removed', 'contract-removed', 'major', 'Everything that it promised is gone.');
  }
  try {
    return compareContracts(before, after);
  } catch (error) {
    throw new GuardError(`${contract}: ${(error as Error).message}`);
  }
}

function whole(kind: Finding['kind'], rule: string, bump: Bump, because: string): Verdict {
  return { bump, findings: [{ kind, pointer: '', rule, bump, because, operations: [] }] };
}

/** By how much a release since the base has raised the version already. */
function raisedSince(repository: Repository, base: Base, { folder, version }: PublicPackage): Bump {
  const manifest = repository.fileAt(base.commit, `${folder}/package.json`);
  if (manifest === undefined) return 'none';
  return raisedBy((JSON.parse(manifest) as { readonly version: string }).version, version);
}

function defaultBranch({ root }: Repository): string {
  const { defaultBase } = JSON.parse(readFileSync(join(root, 'nx.json'), 'utf8')) as { defaultBase?: string };
  return defaultBase ?? 'main';
}
