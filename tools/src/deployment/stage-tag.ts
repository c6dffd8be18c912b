import { execFileSync, spawnSync } from 'node:child_process';

/** The tag that says what a stage last received, in the work tree's repository and at its remote. */
export class StageTag {
  readonly name: string;

  constructor(
    private readonly root: string,
    stage: string,
  ) {
    this.name = `deployed/${stage}`;
  }

  head(): string {
    return this.git('rev-parse', 'HEAD');
  }

  /** The commit that the tag names. */
  commit(): string | undefined {
    const args = ['rev-parse', '--verify', '--quiet', `refs/tags/${this.name}^{commit}`];
    const { status, stdout } = spawnSync('git', args, { cwd: this.root, encoding: 'utf8' });
    return status === 0 ? stdout.trim() : undefined;
  }

  isAncestorOfHead(): boolean {
    const args = ['merge-base', '--is-ancestor', `refs/tags/${this.name}`, 'HEAD'];
    return spawnSync('git', args, { cwd: this.root }).status === 0;
  }

  /** Moves the tag to HEAD, here and at the remote, which may be backwards after a rollback. */
  moveToHead(remote: string): void {
    this.git('tag', '--force', this.name, 'HEAD');
    this.git('push', '--quiet', '--force', remote, `refs/tags/${this.name}`);
  }

  private git(...args: string[]): string {
    return execFileSync('git', args, { cwd: this.root, encoding: 'utf8', stdio: 'pipe' }).trim();
  }
}
