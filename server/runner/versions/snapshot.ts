import { randomBytes } from 'node:crypto';
import { lutimes, mkdir, open, rename, symlink } from 'node:fs/promises';
import path from 'node:path';

import type { Selection } from '../../contract';
import { expandHome } from '../../files/home';
import { hashOf, type FileEntry, type Manifest, type ManifestEntry } from '../../files/manifest';
import { diskFull, ProblemError, systemCode } from '../../problem-error';
import { grouped } from '../grouped';
import { openFile, openRoot } from './anchor';
import { collect, collectFile, type Collected } from './collect';
import { copyFileAtRest, FileKeepsChanging } from './copy-file';
import { earlierFiles } from './earlier';
import { flush, flushFolderOf } from './flush';
import type { Places } from './places';
import { Pool } from './pool';
import { removeTree, TEMPORARY } from './remove';

const SIDE_BY_SIDE = 8;

export interface SnapshotInput {
  places: Places;
  home: string;
  version: number;
  source: Selection;
  signal: AbortSignal;
  limits: Limits;
  /** Told now and then, and at the end. */
  progress(copied: { files: number; bytes: number }): void;
  /** Another copier, for tests of its failures. */
  copyFile?: typeof copyFileAtRest;
}

/** The most that one version may hold. */
export interface Limits {
  files: number;
  bytes: number;
}

export const DEFAULT_LIMITS: Limits = { files: 200_000, bytes: 20 * 2 ** 30 };

export interface Snapshot {
  manifest: Manifest;
  warnings: string[];
}

/**
 * Copies the author's files to `versions/<n>/files`, whole or not at all: everything is made under another name, put on
 * the disk and then renamed.
 *
 * @throws ProblemError
 */
export async function takeSnapshot(input: SnapshotInput): Promise<Snapshot> {
  const { places, version, source } = input;
  const startedAt = Date.now();
  const temporary = path.join(places.versions, `${TEMPORARY}${version}-${randomBytes(6).toString('hex')}`);
  try {
    // Only their owner looks into published files from outside.
    await mkdir(places.versions, { recursive: true, mode: 0o700 });
    await mkdir(path.join(temporary, 'files'), { recursive: true, mode: 0o700 });
    const collected = await fill(input, path.join(temporary, 'files'));
    const manifest: Manifest = { format: 1, version, startedAt, ...summary(collected.entries) };
    const manifestFile = path.join(temporary, 'manifest.json');
    await writeNew(manifestFile, JSON.stringify(manifest));
    await flush(temporary, [manifestFile, ...collected.written], collected.folders);
    input.signal.throwIfAborted();
    await removeTree(places.version(version));
    await rename(temporary, places.version(version));
    await flushFolderOf(places.version(version));
    return { manifest, warnings: collected.warnings };
  } catch (error) {
    await removeTree(temporary);
    throw explained(error, source);
  }
}

interface Filled {
  entries: ManifestEntry[];
  warnings: string[];
  /** Files and folders made, absolute. */
  written: string[];
  folders: string[];
}

async function fill(input: SnapshotInput, target: string): Promise<Filled> {
  const { source, signal } = input;
  const copyFile = input.copyFile ?? copyFileAtRest;
  const rootPath = expandHome(source.root, input.home);
  const earlier = await earlierFiles(input.places, input.version);
  const root = await openRoot(rootPath);
  const pool = new Pool(SIDE_BY_SIDE);
  const copied: FileEntry[] = [];
  const written: string[] = [];
  const changing: string[] = [];
  const cloning = { works: true };
  let bytes = 0;
  const take = async (file: string, parent: Awaited<ReturnType<typeof openRoot>>, name: string) => {
    const handle = await openFile(parent, name);
    const copy = async () => {
      try {
        const to = path.join(target, file);
        const { entry, how } = await copyFile(handle, file, to, earlier(file), cloning, signal);
        copied.push(entry);
        bytes += entry.size;
        if (how !== 'shared') {
          written.push(to);
        }
        checkLimits(copied.length, bytes, input.limits);
        input.progress({ files: copied.length, bytes });
      } catch (error) {
        if (!(error instanceof FileKeepsChanging)) {
          throw error;
        }
        changing.push(file);
      } finally {
        await handle.close();
      }
    };
    try {
      await pool.add(copy);
    } catch (error) {
      await handle.close();
      throw error;
    }
  };
  try {
    const collected: Collected =
      source.scope === 'file'
        ? await collectFile(root, source.entry, target, take)
        : await collect(root, { rootPath, home: input.home, target, take, signal });
    await pool.done();
    if (changing.length > 0) {
      throw keepChanging(changing);
    }
    for (const link of collected.links) {
      await symlink(link.target, path.join(target, link.path));
    }
    for (const folder of collected.folders.toReversed()) {
      const seconds = Number(BigInt(folder.mtime)) / 1e9;
      await lutimes(path.join(target, folder.path), seconds, seconds);
    }
    const entries = [...collected.folders, ...copied, ...collected.links];
    return {
      entries: entries.sort((a, b) => (a.path < b.path ? -1 : 1)),
      warnings: collected.warnings,
      written,
      folders: [target, ...collected.folders.map(folder => path.join(target, folder.path))]
    };
  } finally {
    await pool.idle();
    await root.close();
  }
}

function summary(entries: ManifestEntry[]): Pick<Manifest, 'hash' | 'files' | 'bytes' | 'entries'> {
  const files = entries.filter(entry => entry.kind === 'file');
  return {
    hash: hashOf(entries),
    files: files.length,
    bytes: files.reduce((sum, file) => sum + file.size, 0),
    entries
  };
}

async function writeNew(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
  } finally {
    await handle.close();
  }
}

function checkLimits(files: number, bytes: number, limits: Limits): void {
  if (files > limits.files || bytes > limits.bytes) {
    const most = `${grouped(limits.files)} files or ${grouped(Math.floor(limits.bytes / 1e6))} MB`;
    throw new ProblemError('too_large', `The folder holds more than ${most}.`, {
      fix: 'Publish a smaller folder, or name what is not needed in a file .dashboardignore in it.'
    });
  }
}

function keepChanging(files: string[]): ProblemError {
  return new ProblemError('files_keep_changing', 'Some files were being written to while they were copied.', {
    fix: 'Wait until nothing writes to them, or name them in .dashboardignore, then publish again.',
    detail: files.sort().slice(0, 50).join('\n')
  });
}

function explained(error: unknown, source: Selection): unknown {
  switch (systemCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(error);
    case 'EFBIG':
      return new ProblemError('too_large', 'One of the files is larger than this server may write.', {
        fix: 'Name it in a file .dashboardignore, or have the limit raised (ulimit -f), then publish again.',
        detail: error instanceof Error ? error.message : undefined,
        cause: error
      });
    case 'EACCES':
    case 'EPERM':
      return new ProblemError('folder_not_readable', `Not all of ${source.root} can be read.`, {
        fix: 'Make the files readable for yourself, or name them in .dashboardignore, then publish again.',
        detail: error instanceof Error ? error.message : undefined,
        cause: error
      });
    // A name that was listed is gone or has become a link: somebody is working in the folder.
    case 'ENOENT':
    case 'ELOOP':
    case 'ENOTDIR':
      return keepChanging([error instanceof Error ? error.message : source.root]);
    default:
      return error;
  }
}
