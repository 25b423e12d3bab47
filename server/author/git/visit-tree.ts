import type { Exclusion, Skipped } from '../../contract';
import { ENVIRONMENT_MARK, type Excludes } from '../../files/excludes';
import type { TreeItem } from './read-tree';

/** What is found where the folder of a commit is gone through like one on the disk. */
export interface TreeVisitor {
  folder(path: string): void;
  /** What is published, and no folder. */
  item(item: TreeItem, name: string): void;
  skipped(path: string, why: Skipped): void;
  excluded(path: string, why: Exclusion, folder: boolean): void;
}

/** Visits all that would be published of these, and names the rest: as `walk` does once they are checked out. */
export function visitTree(items: readonly TreeItem[], excludes: Excludes, visitor: TreeVisitor): void {
  const environments = new Set(
    items.flatMap(({ path }) => (path.endsWith(`/${ENVIRONMENT_MARK}`) ? [path.slice(0, path.lastIndexOf('/'))] : []))
  );
  /** Folders that were met: whether what is in them is published. */
  const met = new Map<string, boolean>();
  const enter = (folder: string): boolean => {
    const known = met.get(folder);
    if (known !== undefined) {
      return known;
    }
    const [parent, name] = split(folder);
    const published = (parent === '' || enter(parent)) && isEntered(folder, parent, name);
    met.set(folder, published);
    return published;
  };
  const isEntered = (folder: string, parent: string, name: string): boolean => {
    const why = excludes.reason(parent, name, true) ?? (environments.has(folder) ? 'environment' : null);
    if (why !== null) {
      visitor.excluded(folder, why, true);
      return false;
    }
    visitor.folder(folder);
    return true;
  };
  for (const item of items) {
    const [parent, name] = split(item.path);
    if (parent !== '' && !enter(parent)) {
      continue;
    }
    const why = excludes.reason(parent, name, item.kind === 'submodule');
    if (why !== null) {
      visitor.excluded(item.path, why, item.kind === 'submodule');
    } else if (item.broken) {
      visitor.skipped(item.path, 'name');
    } else {
      visitor.item(item, name);
    }
  }
}

/** The folder, empty for the top, and the name in it. */
function split(path: string): [parent: string, name: string] {
  const at = path.lastIndexOf('/');
  return at < 0 ? ['', path] : [path.slice(0, at), path.slice(at + 1)];
}
