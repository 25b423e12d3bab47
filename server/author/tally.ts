import type { Exclusion, Plan, Skipped } from '../contract';
import type { Limits } from '../files/limits';
import { leavingLinks } from '../files/links';
import { probablySecret } from '../files/secrets';
import { CutList } from './cut-list';
import { Largest } from './largest';

/** All that a plan says of the content of a folder, wherever that is. */
export type Counted = Pick<
  Plan,
  'files' | 'bytes' | 'folders' | 'excluded' | 'skipped' | 'secrets' | 'leaving' | 'largest'
>;

/** Counts what will be published, and keeps the first of what stays out. */
export class Tally {
  /** @param entry - what the dashboard starts with. */
  constructor(
    private readonly entry: string,
    private readonly limits: Limits
  ) {}

  /** Whether there is more than may be published. */
  tooLarge = false;
  /** Whether what the dashboard starts with is among the published. */
  hasEntry = false;
  /** Whether it, or a folder that it is in, is left out. */
  leavesEntryOut = false;

  folder(path: string): void {
    this._meet(path);
    this._folders += 1;
  }

  file(path: string, bytes: number): void {
    this._meet(path);
    this._files += 1;
    this._bytes += bytes;
    this._largest.see(path, bytes);
    if (probablySecret(path)) {
      this._secrets.add(path);
    }
    this.tooLarge ||= this._files > this.limits.files || this._bytes > this.limits.bytes;
  }

  link(path: string, target: string): void {
    this._meet(path);
    this._links.set(path, target);
  }

  skipped(path: string, why: Skipped): void {
    this._skipped.add({ path, why });
  }

  excluded(path: string, why: Exclusion, folder: boolean): void {
    this._excluded.add({ path, why, folder });
    this.leavesEntryOut ||= path === this.entry || this.entry.startsWith(`${path}/`);
  }

  get counted(): Counted {
    const leaving = new CutList<Plan['leaving']['items'][number]>();
    leavingLinks(this._links).forEach(link => leaving.add(link));
    return {
      files: this._files,
      bytes: this._bytes,
      folders: this._folders,
      excluded: this._excluded.cut,
      skipped: this._skipped.cut,
      secrets: this._secrets.cut,
      leaving: leaving.cut,
      largest: this._largest.files
    };
  }

  private _meet(path: string): void {
    this.hasEntry ||= path === this.entry;
  }

  private readonly _excluded = new CutList<Plan['excluded']['items'][number]>();
  private readonly _skipped = new CutList<Plan['skipped']['items'][number]>();
  private readonly _secrets = new CutList<string>();
  private readonly _largest = new Largest();
  private readonly _links = new Map<string, string>();
  private _files = 0;
  private _bytes = 0;
  private _folders = 0;
}
