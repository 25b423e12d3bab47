import { fstatSync, lstatSync, mkdirSync } from 'node:fs';
import path from 'node:path';

import type { Skipped } from '../../../contract';
import { inside, withFolder } from '../../../files/anchor';
import { entryParts, explainedEntry } from '../../../files/entry';
import { readExcludes } from '../../../files/excludes';
import { homeIn } from '../../../files/home';
import type { ManifestEntry } from '../../../files/manifest';
import { probablySecret } from '../../../files/secrets';
import { walk } from '../../../files/walk';
import { refuseLeaving } from '../../../files/problems';

const MAX_WARNINGS = 100;

const BECAUSE: Record<Skipped, string> = {
  name: 'its name is not UTF-8, or it is a link to such a name',
  pipe: 'it is a named pipe',
  socket: 'it is a socket',
  device: 'it is a device'
};

/** What goes into a version: folders before what is in them. */
export interface Contents {
  entries: ManifestEntry[];
  warnings: string[];
}

/** Copies a file to where it belongs below the target. */
type TakeFile = (at: string, parent: number, name: string) => ManifestEntry | null;

/**
 * Goes through an open folder: makes its sub-folders below `target` and has each file taken. Links are only noted.
 *
 * @param target - null: nothing is made.
 * @throws ProblemError `links_leave_folder`
 */
export function takeFolder(
  root: number,
  { rootPath, home, target }: { rootPath: string; home: string; target: string | null },
  takeFile: TakeFile
): Contents {
  const entries: ManifestEntry[] = [];
  const links = new Map<string, string>();
  const skipped: string[] = [];
  const secrets: string[] = [];
  walk(root, readExcludes(root, homeIn(rootPath, home)), {
    folder(at, folder) {
      entries.push(takeSubFolder(at, folder, target));
    },
    file(at, parent, name) {
      if (probablySecret(at)) {
        secrets.push(at);
      }
      const entry = takeFile(at, parent, name);
      if (entry) {
        entries.push(entry);
      }
    },
    link(at, leadsTo, parent, name) {
      links.set(at, leadsTo);
      const { mtimeNs } = lstatSync(inside(parent, name), { bigint: true });
      entries.push({ kind: 'link', path: at, target: leadsTo, mtime: String(mtimeNs) });
    },
    skipped(at, why) {
      skipped.push(`${at} is left out: ${BECAUSE[why]}.`);
    },
    excluded() {
      // Nobody is told while copying; the plan has said it before.
    }
  });
  refuseLeaving(links);
  return { entries, warnings: cut([...secrets.map(secretWarning), ...skipped]) };
}

/** Takes one file alone, with the folders on its way. */
export function takeOneFile(root: number, entry: string, target: string | null, takeFile: TakeFile): Contents {
  const parts = entryParts(entry);
  const entries: ManifestEntry[] = [];
  const descend = (parent: number, depth: number): void => {
    const name = parts[depth] ?? '';
    if (depth === parts.length - 1) {
      const taken = takeFile(entry, parent, name);
      if (taken) {
        entries.push(taken);
      }
      return;
    }
    withFolder(parent, name, folder => {
      entries.push(takeSubFolder(parts.slice(0, depth + 1).join('/'), folder, target));
      descend(folder, depth + 1);
    });
  };
  try {
    descend(root, 0);
  } catch (error) {
    throw explainedEntry(entry, error);
  }
  return { entries, warnings: probablySecret(entry) ? [secretWarning(entry)] : [] };
}

function takeSubFolder(at: string, folder: number, target: string | null): ManifestEntry {
  const { mtimeNs } = fstatSync(folder, { bigint: true });
  if (target !== null) {
    mkdirSync(path.join(target, at), { mode: 0o700 });
  }
  return { kind: 'folder', path: at, mtime: String(mtimeNs) };
}

function secretWarning(at: string): string {
  return `${at} may hold a secret and is part of this version.`;
}

function cut(warnings: string[]): string[] {
  if (warnings.length <= MAX_WARNINGS) {
    return warnings;
  }
  return [...warnings.slice(0, MAX_WARNINGS), `… and ${warnings.length - MAX_WARNINGS} more.`];
}
