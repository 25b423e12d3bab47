import { hash } from 'node:crypto';

/** Times are in nanoseconds, as decimal text: they do not fit into a number. */
export interface FileEntry {
  kind: 'file';
  path: string;
  size: number;
  executable: boolean;
  mtime: string;
  sha256: string;
  /** The author's file at the time of the copy: device, inode and time of its last change of any sort. */
  origin: { dev: string; ino: string; ctime: string };
}

export interface FolderEntry {
  kind: 'folder';
  path: string;
  mtime: string;
}

export interface LinkEntry {
  kind: 'link';
  path: string;
  /** Unresolved. */
  target: string;
  mtime: string;
}

export type ManifestEntry = FileEntry | FolderEntry | LinkEntry;

/** Hash of a version that has no files of its own: they are served where their author works on them. */
export const NO_FILES = 'live';

/** What a manifest begins with: its first line, which is all that most readers want. */
export interface ManifestSummary {
  format: 2;
  version: number;
  /** When the copy began, in ms: changes close to it cannot be told from no change. */
  startedAt: number;
  hash: string;
  files: number;
  bytes: number;
}

export interface Manifest {
  summary: ManifestSummary;
  /** Folders before what is in them. */
  entries: ManifestEntry[];
}

/** What of an entry its author has published. */
export type Published =
  | Pick<FileEntry, 'kind' | 'path' | 'size' | 'executable' | 'sha256'>
  | Pick<FolderEntry, 'kind' | 'path'>
  | Pick<LinkEntry, 'kind' | 'path' | 'target'>;

/** Hash of what was published: paths, contents, executable bits and links. Times and inodes do not count. */
export function hashOf(entries: readonly Published[]): string {
  return hashOfLines(entries.map(publishedLine));
}

/** What counts of an entry, as a line. */
export function publishedLine(entry: Published): string {
  const name = JSON.stringify(entry.path);
  switch (entry.kind) {
    case 'file':
      return `${entry.executable ? 'program' : 'file'} ${name} ${entry.size} ${entry.sha256}\n`;
    case 'folder':
      return `folder ${name}\n`;
    case 'link':
      return `link ${name} ${JSON.stringify(entry.target)}\n`;
  }
}

/** The same hash, from the lines of the entries in any order. */
export function hashOfLines(lines: readonly string[]): string {
  return `sha256:${hash('sha256', [...lines].sort().join(''))}`;
}

/** The first line of a manifest of these entries. */
export function summaryOf(version: number, startedAt: number, entries: readonly ManifestEntry[]): ManifestSummary {
  let [files, bytes] = [0, 0];
  for (const entry of entries) {
    if (entry.kind === 'file') {
      files += 1;
      bytes += entry.size;
    }
  }
  return { format: 2, version, startedAt, hash: hashOf(entries), files, bytes };
}

/** The lines of a manifest, each with its end: the summary, then an entry a line. */
export function* manifestLines({ summary, entries }: Manifest): Generator<string> {
  yield `${JSON.stringify(summary)}\n`;
  for (const entry of entries) {
    yield `${JSON.stringify(entry)}\n`;
  }
}
