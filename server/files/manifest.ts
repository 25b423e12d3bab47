import { createHash } from 'node:crypto';

import { Type, type Static } from 'typebox';

/** Times in nanoseconds as decimal text: they do not fit into a number. */
const Nanoseconds = Type.String({ pattern: '^-?\\d+$' });

const FileEntry = Type.Object({
  kind: Type.Literal('file'),
  path: Type.String(),
  size: Type.Integer({ minimum: 0 }),
  executable: Type.Boolean(),
  mtime: Nanoseconds,
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  /** The author's file at the time of the copy: device, inode and time of its last change of any sort. */
  origin: Type.Object({ dev: Type.String(), ino: Type.String(), ctime: Nanoseconds })
});
export type FileEntry = Static<typeof FileEntry>;

const FolderEntry = Type.Object({ kind: Type.Literal('folder'), path: Type.String(), mtime: Nanoseconds });
export type FolderEntry = Static<typeof FolderEntry>;

const LinkEntry = Type.Object({
  kind: Type.Literal('link'),
  path: Type.String(),
  target: Type.String(),
  mtime: Nanoseconds
});
export type LinkEntry = Static<typeof LinkEntry>;

export const ManifestEntry = Type.Union([FileEntry, FolderEntry, LinkEntry]);
export type ManifestEntry = Static<typeof ManifestEntry>;

/** What a manifest begins with: its first line, which is all that most readers want. */
export const ManifestSummary = Type.Object({
  format: Type.Literal(2),
  version: Type.Integer({ minimum: 1 }),
  /** When the copy began, in ms: changes close to it cannot be told from no change. */
  startedAt: Type.Number(),
  hash: Type.String(),
  files: Type.Integer({ minimum: 0 }),
  bytes: Type.Integer({ minimum: 0 })
});
export type ManifestSummary = Static<typeof ManifestSummary>;

export interface Manifest {
  summary: ManifestSummary;
  /** Folders before what is in them. */
  entries: ManifestEntry[];
}

/** Hash of what was published: paths, contents, executable bits and links. Times and inodes do not count. */
export function hashOf(entries: readonly ManifestEntry[]): string {
  const hash = createHash('sha256');
  for (const line of entries.map(published).sort()) {
    hash.update(`${line}\n`);
  }
  return `sha256:${hash.digest('hex')}`;
}

function published(entry: ManifestEntry): string {
  const name = JSON.stringify(entry.path);
  switch (entry.kind) {
    case 'file':
      return `${entry.executable ? 'program' : 'file'} ${name} ${entry.size} ${entry.sha256}`;
    case 'folder':
      return `folder ${name}`;
    case 'link':
      return `link ${name} ${JSON.stringify(entry.target)}`;
  }
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
