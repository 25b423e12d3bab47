import { fstatSync, lstatSync, type BigIntStats } from 'node:fs';

import type { Exclusion, Plan, Skipped } from '../contract';
import { inside, withFile } from '../files/anchor';
import { leavingLinks } from '../files/links';
import { probablySecret } from '../files/secrets';
import type { Visitor } from '../files/walk';
import { systemCode } from '../problem-error';
import type { Changes } from './changes';
import { CutList } from './cut-list';
import { Largest } from './largest';
import { Newest } from './newest';
import type { Limits } from '../files/limits';
import { Enough, type Patience } from './patience';

type Excluded = Plan['excluded']['items'][number];
type Left = Plan['skipped']['items'][number];

/** Takes down what a walk meets: all that a plan says of the content of a folder. */
export class Survey implements Visitor {
  constructor(entry: string, limits: Limits, changes: Changes | null, patience: Patience) {
    this._entry = entry;
    this._limits = limits;
    this._changes = changes;
    this._patience = patience;
  }

  readonly newest = new Newest();
  /** Files that will be published, and may not be read. */
  readonly unreadable = new CutList<string>();
  /** Whether there is more than may be published; what is beyond it is not looked at. */
  tooLarge = false;
  /** Whether what the dashboard starts with is among the published. */
  hasEntry = false;
  /** Whether it, or a folder that it is in, is left out. */
  leavesEntryOut = false;

  folder(path: string, folder: number): void {
    this._patience.step();
    this._meet(path);
    this._folders += 1;
    this.newest.see(path, fstatSync(folder, { bigint: true }));
  }

  file(path: string, parent: number, name: string): void {
    this._patience.step();
    this._meet(path);
    const stat = lstatSync(inside(parent, name), { bigint: true });
    this._files += 1;
    this._bytes += Number(stat.size);
    this.newest.see(path, stat);
    this._largest.see(path, Number(stat.size));
    if (probablySecret(name)) {
      this._secrets.add(path);
    }
    if (!mayRead(stat, parent, name)) {
      this.unreadable.add(path);
    } else {
      this._changes?.file(path, stat, parent, name);
    }
    if (this._files > this._limits.files || this._bytes > this._limits.bytes) {
      this.tooLarge = true;
      throw new Enough();
    }
  }

  link(path: string, target: string): void {
    this._patience.step();
    this._meet(path);
    this._links.set(path, target);
    this._changes?.link(path, target);
  }

  skipped(path: string, why: Skipped): void {
    this._patience.step();
    this._skipped.add({ path, why });
  }

  excluded(path: string, why: Exclusion, folder: boolean): void {
    this._patience.step();
    this._excluded.add({ path, why, folder });
    this.leavesEntryOut ||= path === this._entry || this._entry.startsWith(`${path}/`);
  }

  /** @param complete - whether the walk has come to its end. */
  found(complete: boolean): Omit<Plan, 'obstacles' | 'place'> {
    const leaving = new CutList<Plan['leaving']['items'][number]>();
    leavingLinks(this._links).forEach(link => leaving.add(link));
    return {
      files: this._files,
      bytes: this._bytes,
      folders: this._folders,
      complete,
      excluded: this._excluded.cut,
      skipped: this._skipped.cut,
      secrets: this._secrets.cut,
      leaving: leaving.cut,
      largest: this._largest.files,
      changes: (complete && this._changes?.found) || null
    };
  }

  private _meet(path: string): void {
    this.hasEntry ||= path === this._entry;
  }

  private readonly _entry: string;
  private readonly _limits: Limits;
  private readonly _changes: Changes | null;
  private readonly _patience: Patience;
  private readonly _excluded = new CutList<Excluded>();
  private readonly _skipped = new CutList<Left>();
  private readonly _secrets = new CutList<string>();
  private readonly _largest = new Largest();
  private readonly _links = new Map<string, string>();
  private _files = 0;
  private _bytes = 0;
  private _folders = 0;
}

/** Tried only where the file's mode does not say it of everybody. */
function mayRead(stat: BigIntStats, parent: number, name: string): boolean {
  if ((stat.mode & 0o444n) === 0o444n) {
    return true;
  }
  try {
    return withFile(parent, name, () => true);
  } catch (error) {
    if (['EACCES', 'EPERM'].includes(systemCode(error) ?? '')) {
      return false;
    }
    throw error;
  }
}
