import type { Problem, Selection } from '../../../contract';
import type { Limits } from '../../../files/limits';
import type { ManifestSummary } from '../../../files/manifest';

/** What the copier is to do, as it goes to its thread. */
export interface CopyOrder {
  /** The dashboard's folder in the store. */
  dashboard: string;
  version: number;
  /** The version that unchanged files are shared with. */
  earlier: number | null;
  /** What is made: there already, empty, and not yet seen by anybody. */
  target: string;
  home: string;
  source: Selection;
  /** Whether the folder is the store's own: its files may be part of the version themselves, since nobody writes into them. */
  own: boolean;
  limits: Limits;
  /** Nothing is copied, and only the manifest made: the files stay where they are. `from`: where their author has them. */
  inPlace?: { from: string };
}

/** How far the copier is. */
export interface Progress {
  files: number;
  bytes: number;
}

/** What the copier has made. */
export interface Copied {
  manifest: ManifestSummary;
  warnings: string[];
  /** What takes up space anew: everything else is shared with another version or with the folder. */
  added: Progress;
}

/** What the copier's thread says. */
export type Report =
  | { kind: 'progress'; progress: Progress }
  | { kind: 'copied'; copied: Copied }
  | { kind: 'failed'; problem: Problem }
  | { kind: 'stopped' };
