import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A wrapper for `Spawner.cmd` that gives servers very little room for versions. */
export interface SmallDisk {
  /** What is small, for the title of a test. */
  title: string;
  wrapper: string;
  /** The code of the problem that follows. */
  code: 'disk_full' | 'too_large';
  /** Where a process of such a server sees `path`. */
  seenBy(pid: number, path: string): string;
  remove(): void;
}

const mount = (sizeKb: number) =>
  `mkdir -p "$HOME/.dashboards" && mount -t tmpfs -o size=${sizeKb}k,mode=700 none "$HOME/.dashboards" && exec "$0" "$@"`;

/**
 * A small file system, of half a megabyte unless said otherwise, under `~/.dashboards`, in a mount namespace of the server's own. A machine that lets
 * nobody mount anything gets a limit on the size of files instead.
 */
export function createSmallDisk(sizeKb = 512): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'dashboards-small-disk-'));
  const wrapper = join(folder, 'with-small-disk');
  const mounts = canMount();
  const line = mounts ? `exec unshare -rm sh -c '${mount(sizeKb)}' "$@"` : `ulimit -f ${sizeKb} && exec "$@"`;
  writeFileSync(wrapper, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  return {
    title: mounts ? 'a full disk' : 'a limit on the size of files, where nothing can be mounted',
    wrapper,
    code: mounts ? 'disk_full' : 'too_large',
    seenBy: (pid, path) => (mounts ? `/proc/${pid}/root${path}` : path),
    remove: () => rmSync(folder, { recursive: true })
  };
}

function canMount(): boolean {
  try {
    execFileSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
