import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, link, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

import { makeFolders } from '../../../../files/make-folders';
import { isUnshareable } from '../../../../files/unshareable';
import { BadAddress } from '../../../../git/bad-address';
import { grouped } from '../../../../grouped';
import { ProblemError, systemCode } from '../../../../problem-error';
import { sizeInWords } from '../../../../size-in-words';
import { unreachable } from '../failures';
import type { MirrorInput } from '../mirror';
import { askBatch, BATCH, refused, type Download } from './batch';
import { findEndpoint } from './endpoint';
import type { Pointer } from './pointer';
import { createLfsWeb, type LfsReach, type LfsWeb } from './web';

/** A file of Git LFS that is here, and where it goes in the wanted folder. */
export interface LfsFile {
  /** In the wanted folder. */
  path: string;
  /** Absolute. */
  stored: string;
}

const AT_ONCE = 4;

/**
 * Sees that the files behind `pointers` are in `store`, whole: those that are not are fetched. What is kept is looked at byte
 * by byte each time, so that a version holds what its commit says.
 *
 * `git lfs` is not used for it: it asks whichever hosts a repository and its servers name.
 *
 * @param store - a folder beside the mirror
 * @throws ProblemError
 */
export async function bringLfs(
  input: MirrorInput,
  commit: string,
  pointers: readonly Pointer[],
  store: string,
  reach: LfsReach
): Promise<LfsFile[]> {
  const { line } = input;
  await makeFolders(store);
  const files = pointers.map(pointer => ({ path: pointer.entry.path, stored: storedAs(store, pointer) }));
  const missing = new Map<string, Pointer>();
  for (const pointer of pointers) {
    const file = storedAs(store, pointer);
    if (!missing.has(file) && !(await isWhole(file, pointer))) {
      missing.set(file, pointer);
    }
  }
  if (missing.size > 0) {
    const bytes = [...missing.values()].reduce((sum, { size }) => sum + size, 0);
    line(`Fetching ${grouped(missing.size)} files of Git LFS, ${sizeInWords(bytes)}.`);
    const web = createLfsWeb(reach);
    try {
      await fetchMissing(input, commit, [...missing], web);
    } catch (error) {
      throw error instanceof BadAddress
        ? new ProblemError('git_address', `Files in Git LFS: ${error.message}`, { fix: error.fix })
        : error;
    } finally {
      web.end();
    }
  }
  return files;
}

async function fetchMissing(
  input: MirrorInput,
  commit: string,
  missing: readonly [file: string, pointer: Pointer][],
  web: LfsWeb
): Promise<void> {
  const { signal } = input;
  const endpoint = await findEndpoint(input, commit);
  for (let i = 0; i < missing.length; i += BATCH) {
    const some = missing.slice(i, i + BATCH);
    const pointers = some.map(([, pointer]) => pointer);
    const left = [...(await askBatch(web, endpoint, pointers, signal)).entries()];
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    const worker = async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const [at, download] = next;
        await fetchFile(web, download, some[at]?.[0] ?? '', either);
      }
    };
    const workers = Array.from({ length: AT_ONCE }, () =>
      worker().catch((error: unknown) => {
        failed.abort(error);
        throw error;
      })
    );
    // None goes on once this has ended.
    await Promise.allSettled(workers);
    either.throwIfAborted();
  }
}

async function fetchFile(
  web: LfsWeb,
  { url, headers, oid, size }: Download,
  file: string,
  signal: AbortSignal
): Promise<void> {
  const response = await web.ask({ method: 'GET', url, headers }, signal, true);
  const { host } = new URL(url);
  const part = `${file}.${randomBytes(6).toString('hex')}.part`;
  const handle = await open(part, 'wx', file.endsWith('.x') ? 0o777 : 0o666);
  try {
    if (response.statusCode !== 200) {
      throw refused(response.statusCode ?? 0, host);
    }
    const hash = createHash('sha256');
    let length = 0;
    const counted = async function* () {
      for await (const piece of response as AsyncIterable<Buffer>) {
        length += piece.length;
        if (length > size) {
          throw wrong(host, oid);
        }
        hash.update(piece);
        yield piece;
      }
    };
    await handle.writeFile(counted(), { signal });
    if (length !== size || hash.digest('hex') !== oid) {
      throw wrong(host, oid);
    }
    await handle.sync();
    await rename(part, file);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof ProblemError || systemCode(error) === 'ENOSPC' || systemCode(error) === 'EDQUOT'
      ? error
      : unreachable(host, String(error));
  } finally {
    response.destroy();
    await handle.close();
    await rm(part, { force: true });
  }
}

/** Puts the files in the places of what stands for them, in a checkout that nobody else is at work in. */
export async function placeLfs(files: string, placed: readonly LfsFile[]): Promise<void> {
  for (const { path: place, stored } of placed) {
    const target = path.join(files, place);
    // A new file in its place: a version may share the one that is there.
    await rm(target, { force: true });
    try {
      // The same file each time: a version shares it with the one before.
      await link(stored, target);
    } catch (error) {
      if (!isUnshareable(error)) {
        throw error;
      }
      await copyFile(stored, target);
    }
  }
}

/** Forgets files that no version needs any more which would be made now. */
export async function forgetLfsBut(store: string, kept: readonly LfsFile[]): Promise<void> {
  const names = new Set(kept.map(({ stored }) => path.basename(stored)));
  for (const name of await readdir(store).catch(() => [])) {
    if (!names.has(name)) {
      await rm(path.join(store, name), { recursive: true, force: true });
    }
  }
}

/** A file has one mode, whatever paths lead to it. */
function storedAs(store: string, { oid, entry }: Pointer): string {
  return path.join(store, entry.executable ? `${oid}.x` : oid);
}

async function isWhole(file: string, { oid, size }: Pointer): Promise<boolean> {
  const found = await stat(file).catch(() => null);
  if (found?.isFile() !== true || found.size !== size) {
    return false;
  }
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file, { highWaterMark: 2 ** 20 })) {
    hash.update(piece as Buffer);
  }
  return hash.digest('hex') === oid;
}

function wrong(host: string, oid: string): ProblemError {
  return new ProblemError('git_failed', `What ${host} sent for a file in Git LFS is not that file.`, {
    fix: 'Try again. If it happens again, have the files pushed anew (git lfs push --all origin).',
    retryable: true,
    detail: `sha256:${oid}`
  });
}
