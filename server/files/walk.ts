import { closeSync, readdirSync, type Dirent } from 'node:fs';

import type { Exclusion, Skipped } from '../contract';
import { systemCode } from '../problem-error';
import { inside, linkTarget, openFolder } from './anchor';
import { mayBeBroken, textOf } from './broken-text';
import { ENVIRONMENT_MARK, type Excludes } from './excludes';

/** What the walk found; the folder is open while a visitor looks at one of its entries, and no longer. */
export interface Visitor {
  /** @param folder - itself, open. What is in it follows. */
  folder(path: string, folder: number): void;
  file(path: string, parent: number, name: string): void;
  /** @param target - unresolved. */
  link(path: string, target: string, parent: number, name: string): void;
  /** Named pipes, sockets, devices, names that are not UTF-8 (these are shown with U+FFFD), and links to such names. */
  skipped(path: string, why: Skipped): void;
  /** @param folder - whether it is one: nothing in it is looked at. */
  excluded(path: string, why: Exclusion, folder: boolean): void;
  /** A folder that may not be opened. Left out: the walk ends there, with the system's error. */
  closed?(path: string): void;
}

/** So many entries are visited in one step. */
const STEP = 100;

/**
 * Visits all that is to be published below `root`, folders before their content, names in a fixed order. Every step is
 * taken from an open folder and never through a link. A visitor ends the walk by throwing.
 */
export function walk(root: number, excludes: Excludes, visitor: Visitor): void {
  const steps = walkInSteps(root, excludes, visitor);
  while (!steps.next().done) {
    // The visitor does what there is to do.
  }
}

/** The same, for whoever has something else to do in between. A walk that is left before its end closes what it has opened. */
export function* walkInSteps(root: number, excludes: Excludes, visitor: Visitor): Generator<void, void> {
  yield* visitAll(root, list(root), '', excludes, visitor);
}

function* visitAll(
  parent: number,
  entries: readonly Listed[],
  at: string,
  excludes: Excludes,
  visitor: Visitor
): Generator<void, void> {
  let visited = 0;
  for (const { name, broken, entry } of entries) {
    const path = at === '' ? name : `${at}/${name}`;
    const why = excludes.reason(at, name, entry.isDirectory());
    if (why !== null) {
      visitor.excluded(path, why, entry.isDirectory());
    } else if (broken) {
      visitor.skipped(path, 'name');
    } else if (entry.isDirectory()) {
      const folder = open(parent, name, path, visitor);
      if (folder !== null) {
        try {
          yield* visitFolder(folder, path, excludes, visitor);
        } finally {
          closeSync(folder);
        }
      }
    } else if (entry.isFile()) {
      visitor.file(path, parent, name);
    } else if (entry.isSymbolicLink()) {
      const target = linkTarget(parent, name);
      if (target === null) {
        visitor.skipped(path, 'name');
      } else {
        visitor.link(path, target, parent, name);
      }
    } else {
      visitor.skipped(path, kindOf(entry));
    }
    if (++visited % STEP === 0) {
      yield;
    }
  }
  yield;
}

function* visitFolder(folder: number, path: string, excludes: Excludes, visitor: Visitor): Generator<void, void> {
  const inIt = list(folder);
  if (inIt.some(item => item.name === ENVIRONMENT_MARK)) {
    visitor.excluded(path, 'environment', true);
  } else {
    visitor.folder(path, folder);
    yield* visitAll(folder, inIt, path, excludes, visitor);
  }
}

/** Null: it may not be opened, and the visitor goes on without it. */
function open(parent: number, name: string, path: string, visitor: Visitor): number | null {
  try {
    return openFolder(parent, name);
  } catch (error) {
    if (!visitor.closed || !['EACCES', 'EPERM'].includes(systemCode(error) ?? '')) {
      throw error;
    }
    visitor.closed(path);
    return null;
  }
}

interface Listed {
  name: string;
  /** The name is not UTF-8: no text leads to it. */
  broken: boolean;
  entry: Dirent | Dirent<Buffer>;
}

function list(folder: number): Listed[] {
  const where = inside(folder, '.');
  let entries: Listed[] = readdirSync(where, { withFileTypes: true }).map(entry => ({
    name: entry.name,
    broken: false,
    entry
  }));
  if (entries.some(({ name }) => mayBeBroken(name))) {
    // One that is not UTF-8 has to be told from another that reads the same.
    entries = readdirSync(where, { withFileTypes: true, encoding: 'buffer' }).map(entry => {
      const text = textOf(entry.name);
      return { name: text ?? entry.name.toString('utf8'), broken: text === null, entry };
    });
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function kindOf(entry: Dirent | Dirent<Buffer>): Skipped {
  if (entry.isFIFO()) {
    return 'pipe';
  }
  return entry.isSocket() ? 'socket' : 'device';
}
