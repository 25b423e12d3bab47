import { mkdir, type FileHandle } from 'node:fs/promises';
import type { BigIntStats } from 'node:fs';
import path from 'node:path';

import { entryParts, explainedEntry } from '../../files/entry';
import { readExcludes } from '../../files/excludes';
import { isHome } from '../../files/home';
import { leavingLinks } from '../../files/links';
import type { ManifestEntry } from '../../files/manifest';
import { probablySecret } from '../../files/secrets';
import { ProblemError } from '../../problem-error';
import { openFolder } from './anchor';
import { walk } from './walk';

const MAX_WARNINGS = 100;

type FolderEntry = Extract<ManifestEntry, { kind: 'folder' }>;
type LinkEntry = Extract<ManifestEntry, { kind: 'link' }>;

/** Everything of a version but its files, which are taken as they are met. */
export interface Collected {
  folders: FolderEntry[];
  links: LinkEntry[];
  warnings: string[];
}

type Take = (path: string, parent: FileHandle, name: string) => Promise<void>;

/**
 * Walks a folder: makes its sub-folders below `target` and hands over each file.
 *
 * @throws ProblemError `links_leave_folder`
 */
export async function collect(
  root: FileHandle,
  options: { rootPath: string; home: string; target: string; take: Take; signal: AbortSignal }
): Promise<Collected> {
  const folders: FolderEntry[] = [];
  const links: LinkEntry[] = [];
  const skipped: string[] = [];
  const secrets: string[] = [];
  const excludes = readExcludes(root.fd, isHome(options.rootPath, options.home));
  await walk(
    root,
    excludes,
    {
      async folder(at, handle) {
        folders.push({ kind: 'folder', path: at, mtime: String((await stat(handle)).mtimeNs) });
        await mkdir(path.join(options.target, at), { mode: 0o700 });
      },
      async file(at, parent, name) {
        if (probablySecret(name)) {
          secrets.push(at);
        }
        await options.take(at, parent, name);
      },
      async link(at, target) {
        links.push({ kind: 'link', path: at, target });
      },
      skipped(at, what) {
        skipped.push(`${at} is left out: ${what}.`);
      }
    },
    options.signal
  );
  refuseLeaving(links);
  const warnings = [...secrets.map(at => `${at} may hold a secret and is part of this version.`), ...skipped];
  return { folders, links, warnings: cut(warnings) };
}

/** Takes one file alone, with the folders on its way. */
export async function collectFile(root: FileHandle, entry: string, target: string, take: Take): Promise<Collected> {
  const parts = entryParts(entry);
  const name = parts.pop() ?? '';
  const folders: FolderEntry[] = [];
  const open: FileHandle[] = [];
  let parent = root;
  try {
    for (const part of parts) {
      parent = await openFolder(parent, part);
      open.push(parent);
      const at = parts.slice(0, open.length).join('/');
      folders.push({ kind: 'folder', path: at, mtime: String((await stat(parent)).mtimeNs) });
      await mkdir(path.join(target, at), { mode: 0o700 });
    }
    await take(entry, parent, name);
  } catch (error) {
    throw explainedEntry(entry, error);
  } finally {
    for (const handle of open) {
      await handle.close();
    }
  }
  const warnings = probablySecret(name) ? [`${entry} may hold a secret and is part of this version.`] : [];
  return { folders, links: [], warnings };
}

function stat(handle: FileHandle): Promise<BigIntStats> {
  return handle.stat({ bigint: true });
}

function refuseLeaving(links: readonly LinkEntry[]): void {
  const leaving = leavingLinks(new Map(links.map(link => [link.path, link.target])));
  if (leaving.length > 0) {
    throw new ProblemError('links_leave_folder', 'Some links in the folder lead out of it.', {
      fix: 'Copy what they lead to into the folder, or name the links in .dashboardignore, then publish again.',
      detail: leaving
        .slice(0, 50)
        .map(link => `${link.path} -> ${link.target}`)
        .join('\n')
    });
  }
}

function cut(warnings: string[]): string[] {
  if (warnings.length <= MAX_WARNINGS) {
    return warnings;
  }
  return [...warnings.slice(0, MAX_WARNINGS), `… and ${warnings.length - MAX_WARNINGS} more.`];
}
