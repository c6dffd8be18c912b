import { GuardError, type Repository } from './repository.js';

/** What a contract is compared with. */
export interface Base {
  readonly commit: string;
  /** For people: how it was found. */
  readonly reason: string;
}

export interface BaseSearch {
  /** The ref that the caller asked for. */
  readonly requested?: string | undefined;
  readonly defaultBranch: string;
  /** What a change is looked for in (git's pathspec). */
  readonly contracts: string;
  /** Packages whose release tags (`NAME@VERSION`) count where HEAD is the default branch itself. */
  readonly packages: readonly string[];
}

/**
 * Where the history that is to be judged begins: the merge base with the ref asked for, else with the default branch
 * (the remote's before the local one). Where that is HEAD itself, it is HEAD as long as the work tree has other contracts,
 * and the last release otherwise.
 *
 * @throws {GuardError} where there is no such commit
 */
export function findBase(repository: Repository, search: BaseSearch): Base {
  if (search.requested !== undefined) return requestedBase(repository, search.requested);
  const head = repository.commit('HEAD');
  if (head === undefined) throw new GuardError('the repository has no commit yet');
  for (const branch of [`origin/${search.defaultBranch}`, search.defaultBranch]) {
    if (repository.commit(branch) === undefined) continue;
    const commit = repository.mergeBase(branch, 'HEAD');
    if (commit !== undefined && commit !== head) return { commit, reason: `the merge base with ${branch}` };
  }
  if (repository.isChanged(search.contracts)) {
    return { commit: head, reason: 'HEAD, on which the contracts are being changed' };
  }
  return lastRelease(repository, search);
}

function requestedBase(repository: Repository, requested: string): Base {
  if (repository.commit(requested) === undefined) {
    throw new GuardError(`--base: ${requested} names no commit of this repository`);
  }
  const commit = repository.mergeBase(requested, 'HEAD');
  if (commit === undefined) {
    throw new GuardError(`--base: ${requested} and HEAD have no commit in common; is the clone shallow?`);
  }
  return { commit, reason: `the merge base with ${requested}` };
}

function lastRelease(repository: Repository, { defaultBranch, packages }: BaseSearch): Base {
  const patterns = packages.map((name) => `${name}@*`);
  const tag = repository.nearestTag(patterns, 'HEAD');
  const commit = tag === undefined ? undefined : repository.commit(tag);
  if (tag === undefined || commit === undefined) {
    throw new GuardError(
      `there is nothing to compare with: HEAD has no history of its own beside ${defaultBranch}, and no release tag ` +
        `(${patterns.join(', ') || 'of a public package'}) precedes it; name a commit with --base`,
    );
  }
  return { commit, reason: `the last release, ${tag}` };
}
