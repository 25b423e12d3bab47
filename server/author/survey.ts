import { fstatSync, lstatSync, type BigIntStats } from 'node:fs';

import type { Exclusion, Plan, Skipped } from '../contract';
import { inside, withFile } from '../files/anchor';
import type { Limits } from '../files/limits';
import type { Visitor } from '../files/walk';
import { systemCode } from '../problem-error';
import type { Changes } from './changes';
import { CutList } from './cut-list';
import { Newest } from './newest';
import { Enough, type Patience } from './patience';
import { Tally, type Counted } from './tally';
import { TokenSearch } from './token-search';

/** Takes down what a walk meets on the disk. */
export class Survey implements Visitor {
  constructor(entry: string, limits: Limits, changes: Changes | null, patience: Patience) {
    this.tally = new Tally(entry, limits);
    this._changes = changes;
    this._patience = patience;
  }

  readonly tally: Tally;
  readonly newest = new Newest();
  /** Files that will be published, and may not be read. */
  readonly unreadable = new CutList<string>();

  folder(path: string, folder: number): void {
    this._patience.step();
    this.tally.folder(path);
    this.newest.see(path, fstatSync(folder, { bigint: true }));
  }

  file(path: string, parent: number, name: string): void {
    this._patience.step();
    const stat = lstatSync(inside(parent, name), { bigint: true });
    this.tally.file(path, Number(stat.size));
    this.newest.see(path, stat);
    if (!mayRead(stat, parent, name)) {
      this.unreadable.add(path);
    } else {
      this._changes?.file(path, stat, parent, name);
      this._tokens.file(path, Number(stat.size), parent, name);
    }
    if (this.tally.tooLarge) {
      // What is beyond it is not looked at.
      throw new Enough();
    }
  }

  link(path: string, target: string): void {
    this._patience.step();
    this.tally.link(path, target);
    this._changes?.link(path, target);
  }

  skipped(path: string, why: Skipped): void {
    this._patience.step();
    this.tally.skipped(path, why);
  }

  excluded(path: string, why: Exclusion, folder: boolean): void {
    this._patience.step();
    this.tally.excluded(path, why, folder);
  }

  /** @param complete - whether the walk has come to its end. */
  found(complete: boolean): Counted & Pick<Plan, 'complete' | 'changes' | 'tokens'> {
    const changes = (complete && this._changes?.found) || null;
    return { ...this.tally.counted, complete, changes, tokens: this._tokens.found };
  }

  private readonly _changes: Changes | null;
  private readonly _patience: Patience;
  private readonly _tokens = new TokenSearch();
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
