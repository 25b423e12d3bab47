import path from 'node:path';

import type { Exclusion, PlanRequest, Skipped } from '../../contract';
import type { Excludes } from '../../files/excludes';
import type { Limits } from '../../files/limits';
import { CutList } from '../cut-list';
import { Tally } from '../tally';
import { TokenSearch } from '../token-search';
import type { TreeItem } from './read-tree';
import type { TreeChanges } from './tree-changes';
import { visitTree, type TreeVisitor } from './visit-tree';

export type Repository = NonNullable<PlanRequest['repository']>;

/** A request for the plan of a repository. */
export type GitPlanRequest = PlanRequest & { repository: Repository };

/** What is known of the files of a commit besides their names. */
export interface Known {
  excludes: Excludes;
  /** Where links lead, by their hashes. */
  targets: ReadonlyMap<string, string>;
  /** Files that are kept in Git LFS, by their paths: how large each is. */
  inLfs: ReadonlyMap<string, number>;
}

export interface PublishedVisitor extends TreeVisitor {
  /** What is brought, whether it is published or not: the whole folder is. */
  needed(item: TreeItem): void;
}

/** Visits what is published: the folder, or one file of it. */
export function eachPublished(
  { scope, entry }: GitPlanRequest,
  items: readonly TreeItem[],
  excludes: Excludes,
  visitor: PublishedVisitor
): void {
  const ofFile = scope === 'file' ? items.find(({ path: at, kind }) => at === entry && kind === 'file') : undefined;
  visitTree(items, excludes, {
    folder: at => scope === 'folder' && visitor.folder(at),
    item: (item, name) => {
      visitor.needed(item);
      if (scope === 'folder') {
        visitor.item(item, name);
      }
    },
    skipped: (at, why) => scope === 'folder' && visitor.skipped(at, why),
    excluded: (at, why, folder) => scope === 'folder' && visitor.excluded(at, why, folder)
  });
  if (ofFile !== undefined) {
    visitor.item(ofFile, path.posix.basename(entry));
  }
}

/** Takes down what would be published of a commit. */
export class TreeSurvey implements PublishedVisitor {
  constructor(
    { entry, repository }: GitPlanRequest,
    limits: Limits,
    private readonly known: Known | null,
    private readonly changes: TreeChanges | null
  ) {
    this.tally = new Tally(entry, limits);
    this._lfs = repository.lfs === true;
  }

  readonly tally: Tally;
  readonly modules = new CutList<string>();
  readonly inLfs = new CutList<string>();
  readonly tokens = new TokenSearch();
  /** Files that are to be looked through for tokens. */
  readonly texts: TreeItem[] = [];

  needed({ path: at, kind }: TreeItem): void {
    if (kind === 'submodule') {
      this.modules.add(at);
    } else if (this.known?.inLfs.has(at)) {
      this.inLfs.add(at);
    }
  }

  folder(at: string): void {
    this.tally.folder(at);
  }

  item(item: TreeItem, name: string): void {
    const { path: at, kind, hash, bytes } = item;
    this.changes?.has(item);
    if (kind === 'submodule') {
      this.tally.folder(at);
    } else if (kind === 'link') {
      this.tally.link(at, this.known?.targets.get(hash) ?? '');
    } else {
      this.tally.file(at, (this._lfs ? this.known?.inLfs.get(at) : undefined) ?? bytes);
      if (this.tokens.wants(name, bytes)) {
        this.texts.push(item);
      }
    }
  }

  skipped(at: string, why: Skipped): void {
    this.tally.skipped(at, why);
  }

  excluded(at: string, why: Exclusion, folder: boolean): void {
    this.tally.excluded(at, why, folder);
  }

  private readonly _lfs: boolean;
}
