import { runProgram, tryProgram } from './run-program.js';

/** The git repository that the packages are released from. */
export interface Repository {
  /** The commit that is checked out. */
  head(): string;
  /** Files that are not as committed; none in a fresh clone, whatever has been built in it. */
  uncommitted(): string[];
  hasTag(tag: string): boolean;
  /** @throws when there is no such commit. */
  tag(tag: string, commit: string): void;
  /** Commits everything. */
  commitAll(message: string): void;
}

export function gitRepository(root: string): Repository {
  const git = (...args: string[]): string => runProgram('git', args, { cwd: root }).trim();
  return {
    head: () => git('rev-parse', 'HEAD'),
    uncommitted: () =>
      git('status', '--porcelain')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.replace(/^\S+\s+/, '')),
    hasTag: (tag) =>
      tryProgram('git', ['rev-parse', '-q', '--verify', `refs/tags/${tag}`], { cwd: root }).status === 0,
    tag: (tag, commit) => {
      git('tag', '-a', tag, '-m', tag, commit);
    },
    commitAll: (message) => {
      git('add', '-A');
      git('commit', '-q', '-m', message);
    },
  };
}
