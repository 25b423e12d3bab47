import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';

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
const LinkEntry = Type.Object({ kind: Type.Literal('link'), path: Type.String(), target: Type.String() });

export const Manifest = Type.Object({
  format: Type.Literal(1),
  version: Type.Integer({ minimum: 1 }),
  /** When the copy began, in ms: changes close to it cannot be told from no change. */
  startedAt: Type.Number(),
  hash: Type.String(),
  files: Type.Integer({ minimum: 0 }),
  bytes: Type.Integer({ minimum: 0 }),
  entries: Type.Array(Type.Union([FileEntry, FolderEntry, LinkEntry]))
});
export type Manifest = Static<typeof Manifest>;
export type ManifestEntry = Manifest['entries'][number];

/** Hash of what was published: paths, contents, executable bits and links. Times and inodes do not count. */
export function hashOf(entries: readonly ManifestEntry[]): string {
  const lines = entries.map(entry => {
    const name = JSON.stringify(entry.path);
    switch (entry.kind) {
      case 'file':
        return `${entry.executable ? 'program' : 'file'} ${name} ${entry.size} ${entry.sha256}`;
      case 'folder':
        return `folder ${name}`;
      case 'link':
        return `link ${name} ${JSON.stringify(entry.target)}`;
    }
  });
  return `sha256:${createHash('sha256').update(lines.sort().join('\n')).digest('hex')}`;
}

/** The manifest in this file, or null if there is none that can be used. */
export async function readManifest(file: string): Promise<Manifest | null> {
  try {
    const content: unknown = JSON.parse(await readFile(file, 'utf8'));
    return Value.Check(Manifest, content) ? content : null;
  } catch {
    return null;
  }
}
