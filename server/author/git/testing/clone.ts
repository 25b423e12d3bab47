import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const IDENTITY = {
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@b',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@b'
};

/** The clone of an author, in a home of its own. Its remote is nowhere: only what the clone knows of it is looked at. */
export class Clone {
  readonly home = mkdtempSync(path.join(tmpdir(), 'clone-'));
  readonly tree = path.join(this.home, 'sales');

  /** @param remote - URL of `origin`. */
  constructor(remote: string) {
    mkdirSync(this.tree);
    this.git('init', '--quiet', '--initial-branch=main');
    this.git('remote', 'add', 'origin', remote);
  }

  /** Git as the author uses it. */
  git(...words: string[]): string {
    const env = { ...process.env, ...IDENTITY, HOME: this.home };
    return execFileSync('git', ['-C', this.tree, ...words], { env, encoding: 'utf8', stdio: 'pipe' }).trim();
  }

  add(file: string, text = file): void {
    mkdirSync(path.dirname(path.join(this.tree, file)), { recursive: true });
    writeFileSync(path.join(this.tree, file), text);
  }

  /** Commits all that is there, ignored or not. @returns the hash */
  commit(): string {
    this.git('add', '--all', '--force');
    this.git('commit', '--quiet', '--message', 'x');
    return this.git('rev-parse', 'HEAD');
  }

  /** As after a push: the remote's branch is known to be where this one is. */
  pushed(branch = 'main', remote = 'origin'): void {
    this.git('update-ref', `refs/remotes/${remote}/${branch}`, 'HEAD');
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
