import { CutList } from '../cut-list';
import type { Cut } from '../../contract';

/** What `git status --porcelain=v2 --branch -z` says. */
export interface Status {
  commit: string | null;
  branch: string | null;
  /** Commits that the upstream lacks; null: there is no upstream, or it is not known here. */
  ahead: number | null;
  dirty: Cut<string>;
}

/** @param prefix - of the folder in the work tree: empty, or with a slash at its end. */
export function parseStatus(text: string, prefix: string): Status {
  const dirty = new CutList<string>();
  const status: Omit<Status, 'dirty'> = { commit: null, branch: null, ahead: null };
  const fields = text.split('\0');
  for (let field = fields.shift(); field !== undefined; field = fields.shift()) {
    const [kind, name, ...rest] = field.split(' ');
    const value = rest.join(' ');
    if (kind === '#') {
      if (name === 'branch.oid') {
        status.commit = value === '(initial)' ? null : value;
      } else if (name === 'branch.head') {
        status.branch = value === '(detached)' ? null : value;
      } else if (name === 'branch.ab') {
        status.ahead = Number(/^\+(\d+)/.exec(value)?.[1] ?? 0);
      }
    } else if (kind === '?' || kind === '1' || kind === '2' || kind === 'u') {
      const before = { '?': 1, '1': 8, '2': 9, u: 10 }[kind];
      const path = field.split(' ').slice(before).join(' ');
      dirty.add(path.startsWith(prefix) ? path.slice(prefix.length) : path);
      if (kind === '2') {
        // The name that it had before.
        fields.shift();
      }
    }
  }
  return { ...status, dirty: dirty.cut };
}
