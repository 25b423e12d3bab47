import { PathExt } from '@jupyterlab/coreutils';

import type { Source } from '../../server/contract';
import { FOLDER } from '../../server/frameworks';
import type { Folders } from '../dashboards/access';

/** Names that say nothing about a dashboard: the folder's name is the better one. */
const GENERIC = /^(app|main|index|dashboard|home|run|server|streamlit_app|untitled\d*)$/i;

/** Kinds of files that can be the entry of a dashboard. */
const PUBLISHABLE = ['.ipynb', '.py', '.html', '.htm', '.r', '.rmd', '.qmd', '.jl', '.js', '.mjs', '.sh'];

/** Whether a file of this name can be published. */
export function isPublishable(path: string): boolean {
  return PUBLISHABLE.includes(PathExt.extname(path).toLowerCase());
}

/** A name for people: `quarterly_sales-2026.ipynb` becomes `Quarterly sales 2026`. */
export function humanise(fileName: string): string {
  const stem = fileName.replace(/\.[A-Za-z]+$/, '');
  const words = stem.replace(/[_\-\s]+/g, ' ').trim();
  return words === '' ? fileName : words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

/** Name of a dashboard whose entry is `entry` in `folder` (both contents paths; `folder` is empty for the top). */
export function suggestName(folder: string, entry: string): string {
  const stem = PathExt.basename(entry).replace(/\.[A-Za-z]+$/, '');
  const parent = PathExt.basename(folder);
  return humanise(GENERIC.test(stem) && parent !== '' ? parent : PathExt.basename(entry));
}

/** The absolute folder that a contents path stands for. */
export function onDisk(folders: Folders, contentsPath: string): string {
  const root = folders.root.replace(/\/+$/, '');
  const path = contentsPath.replace(/^\/+|\/+$/g, '');
  return (path === '' ? root : `${root}/${path}`) || '/';
}

/** The contents path of the entry of something published; null if it is not below the contents' top folder. */
export function contentsPath(folders: Folders, { kind, root, entry }: Source): string | null {
  if (kind !== 'files') {
    return null;
  }
  const top = folders.root.replace(/\/*$/, '/');
  const path = entry === FOLDER ? root : `${root.replace(/\/+$/, '')}/${entry}`;
  return path.startsWith(top) ? path.slice(top.length) : null;
}
