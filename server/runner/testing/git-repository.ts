import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const SETTINGS = [
  'user.name=Alice',
  'user.email=alice@example.org',
  'commit.gpgsign=false',
  'protocol.file.allow=always'
];

/** A repository of an author's, and the bare one that a server shows. */
export interface GitRepository {
  /** The author's. */
  folder: string;
  bare: string;
  git(...args: string[]): string;
  /** Writes files (null: removes one), commits and pushes; the hash of the commit. */
  commit(files: Record<string, string | Buffer | null>, message?: string): string;
  push(...refs: string[]): void;
}

/** Makes `<parent>/<name>.git` to be served, and a clone to work in. */
export function createRepository(parent: string, name: string): GitRepository {
  const bare = path.join(parent, `${name}.git`);
  const folder = path.join(parent, `${name}-work`);
  const environment = { PATH: process.env.PATH ?? '', HOME: parent, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C.UTF-8' };
  const settings = SETTINGS.flatMap(setting => ['-c', setting]);
  const run = (where: string, args: readonly string[]) =>
    execFileSync('git', [...settings, ...args], { cwd: where, env: environment, encoding: 'utf8', stdio: 'pipe' });
  run(parent, ['init', '--quiet', '--bare', '--initial-branch=main', bare]);
  run(bare, ['config', 'uploadpack.allowFilter', 'true']);
  run(parent, ['init', '--quiet', '--initial-branch=main', folder]);
  run(folder, ['remote', 'add', 'origin', bare]);
  const git = (...args: string[]) => run(folder, args).trim();
  const push = (...refs: string[]) =>
    void git('push', '--quiet', '--force', 'origin', ...(refs.length ? refs : ['HEAD']));
  return {
    folder,
    bare,
    git,
    push,
    commit(files, message = 'Change') {
      for (const [file, content] of Object.entries(files)) {
        const target = path.join(folder, file);
        if (content === null) {
          rmSync(target, { recursive: true });
        } else {
          mkdirSync(path.dirname(target), { recursive: true });
          writeFileSync(target, content);
        }
      }
      git('add', '--all', '--force');
      git('commit', '--quiet', '--allow-empty', '-m', message);
      push();
      return git('rev-parse', 'HEAD');
    }
  };
}
