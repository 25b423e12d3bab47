import path from 'node:path';

const MAX_STEPS = 40;

/**
 * Whether a symbolic link leads out of the published folder. Followed as the kernel would, over the links among the
 * published files, because `a/..` is not where it seems to be when `a` is a link itself.
 *
 * @param at - path of the link, relative to the root.
 * @param links - all links of the folder: path to target.
 */
export function leavesFolder(at: string, links: ReadonlyMap<string, string>): boolean {
  const target = links.get(at) ?? '';
  if (path.isAbsolute(target)) {
    return true;
  }
  const position = at.split('/').slice(0, -1);
  const pending = target.split('/').reverse();
  let steps = 0;
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    if (part === '' || part === '.') {
      continue;
    }
    if (part === '..') {
      if (position.pop() === undefined) {
        return true;
      }
      continue;
    }
    position.push(part);
    const next = links.get(position.join('/'));
    if (next !== undefined) {
      if (path.isAbsolute(next)) {
        return true;
      }
      // A loop leads nowhere, and not out of the folder either.
      if (++steps > MAX_STEPS) {
        return false;
      }
      position.pop();
      pending.push(...next.split('/').reverse());
    }
  }
  return false;
}

/** Those of some links (path to target) that lead out of the folder. */
export function leavingLinks(links: ReadonlyMap<string, string>): { path: string; target: string }[] {
  return [...links].filter(([at]) => leavesFolder(at, links)).map(([at, target]) => ({ path: at, target }));
}
