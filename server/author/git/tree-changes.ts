import type { Plan } from '../../contract';
import { CutList } from '../cut-list';
import type { TreeItem } from './read-tree';

/** Compares what would be published of a commit with what was published of another one. */
export class TreeChanges {
  constructor(private readonly version: number) {}

  /** What the version has, before anything else. */
  had(item: TreeItem): void {
    this._unseen.set(item.path, stateOf(item));
  }

  has(item: TreeItem): void {
    const before = this._unseen.get(item.path);
    this._unseen.delete(item.path);
    if (before === undefined) {
      this._added.add(item.path);
    } else if (before !== stateOf(item)) {
      this._changed.add(item.path);
    }
  }

  /** Once everything has been seen. */
  get found(): NonNullable<Plan['changes']> {
    const removed = new CutList<string>();
    for (const path of this._unseen.keys()) {
      removed.add(path);
    }
    return { version: this.version, added: this._added.cut, changed: this._changed.cut, removed: removed.cut };
  }

  private readonly _unseen = new Map<string, string>();
  private readonly _added = new CutList<string>();
  private readonly _changed = new CutList<string>();
}

function stateOf({ kind, hash, executable }: TreeItem): string {
  return `${kind} ${executable} ${hash}`;
}
