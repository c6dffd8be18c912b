import { execFileSync } from 'node:child_process';

/** Something about the repository or the call that keeps the guard from judging; its message is for people. */
export class GuardError extends Error {
  override readonly name = 'GuardError';
}

/** What the guard asks git. Every path is relative to the root of the work tree, every answer without its last newline. */
export class Repository {
  constructor(readonly root: string) {}

  /** The commit that a name stands for. */
  commit(name: string): string | undefined {
    return this.ask('rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`);
  }

  /** The newest commit that two have in common. */
  mergeBase(one: string, other: string): string | undefined {
    return this.ask('merge-base', one, other);
  }

  /** The nearest tag at or before a commit whose name matches one of the patterns. */
  nearestTag(patterns: readonly string[], commit: string): string | undefined {
    if (patterns.length === 0) return undefined;
    return this.ask(
      'describe',
      '--tags',
      '--abbrev=0',
      ...patterns.map((pattern) => `--match=${pattern}`),
      commit,
    );
  }

  /** True where the work tree has something else than HEAD at some paths. */
  isChanged(pathspec: string): boolean {
    return this.ask('status', '--porcelain', '--', pathspec) !== '';
  }

  /** Paths of all files that a commit has below a folder. */
  filesAt(commit: string, folder: string): string[] {
    const names = this.ask('ls-tree', '-r', '-z', '--name-only', commit, '--', `${folder}/`) ?? '';
    return names.split('\0').filter((name) => name !== '');
  }

  /** The text of a file as a commit has it. */
  fileAt(commit: string, path: string): string | undefined {
    return this.ask('show', `${commit}:${path}`);
  }

  /** Nothing where git says no (unknown names, no common history); an error where there is no git or no repository. */
  private ask(...args: string[]): string | undefined {
    try {
      const options = {
        cwd: this.root,
        encoding: 'utf8',
        stdio: 'pipe',
        maxBuffer: 64 * 1024 * 1024,
      } as const;
      return execFileSync('git', args, options).replace(/\n$/, '');
    } catch (error) {
      const { code, stderr } = error as NodeJS.ErrnoException & { readonly stderr?: string };
      if (code === 'ENOENT') throw new GuardError('git is not installed, or the work tree does not exist');
      if (stderr?.includes('not a git repository')) throw new GuardError(`${this.root} is no git repository`);
      return undefined;
    }
  }
}
