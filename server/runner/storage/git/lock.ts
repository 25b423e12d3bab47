import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, readdir, readFile, readlink, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { isUnshareable } from '../../../files/unshareable';
import { systemCode } from '../../../problem-error';

const LOOK_AGAIN_MS = 200;
const SIGN_OF_LIFE_MS = 5_000;
/** Where its holder cannot be looked for, a lock without a sign of life for this long is nobody's. */
const SILENT_MS = 60_000;

/**
 * Holds `file` as the sign that one process at a time works beside it. Waits until it is free; one that was left by a
 * process that has died is free.
 *
 * @returns gives it back
 */
export async function lock(file: string, signal: AbortSignal): Promise<() => Promise<void>> {
  const content = [process.pid, await startOf(process.pid), await namespace(), randomBytes(8).toString('hex')].join(
    ' '
  );
  const own = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(own, content, { mode: 0o600 });
    // A file appears under the name of the lock with its content in it, or not at all.
    while (!(await appear(own, file))) {
      const holder = await readOrNull(file);
      if (holder !== null && (await isGone(holder, file))) {
        await take(file, holder, `${own}.left`);
      } else {
        await pause(LOOK_AGAIN_MS, undefined, { signal });
      }
    }
  } finally {
    await rm(own, { force: true });
  }
  const timer = setInterval(() => {
    const now = new Date();
    // Gone: the folder was removed with everything in it.
    utimes(file, now, now).catch(() => undefined);
  }, SIGN_OF_LIFE_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    if ((await readOrNull(file)) === content) {
      await rm(file, { force: true });
    }
  };
}

/** Removes what those have left beside `file` who had died before they held it, or while they took it over. */
export async function sweepLock(file: string): Promise<void> {
  const [folder, name] = [path.dirname(file), path.basename(file)];
  for (const other of await readdir(folder).catch(() => [])) {
    const left = path.join(folder, other);
    const holder = other.startsWith(`${name}.`) ? await readOrNull(left) : null;
    if (holder !== null && (await isGone(holder, left))) {
      await rm(left, { force: true });
    }
  }
}

/**
 * False: it is there. Where there are no hard links, it is there before its content: whoever reads it meanwhile takes it for
 * one of another machine, which is nobody's only after a long silence.
 */
async function appear(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to).catch((error: unknown) => {
      if (!isUnshareable(error)) {
        throw error;
      }
      return copyFile(from, to, constants.COPYFILE_EXCL);
    });
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') {
      return false;
    }
    throw error;
  }
}

/** Removes a lock that is nobody's, unless somebody was quicker and it is theirs by now. */
async function take(file: string, holder: string, aside: string): Promise<void> {
  try {
    await rename(file, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') {
      return;
    }
    throw error;
  }
  if ((await readOrNull(aside)) !== holder) {
    await appear(aside, file);
  }
  await rm(aside, { force: true });
}

async function isGone(holder: string, file: string): Promise<boolean> {
  const [pid = '', start = '', place = ''] = holder.split(' ');
  if (place === (await namespace())) {
    return (await startOf(Number(pid))) !== start;
  }
  const changed = await stat(file).catch(() => null);
  return changed === null || Date.now() - changed.mtimeMs > SILENT_MS;
}

/** When a process began, in ticks since the boot; `-` for one that is not there. */
async function startOf(pid: number): Promise<string> {
  const text = await readOrNull(`/proc/${pid}/stat`);
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ') ?? [];
  return fields[0] === 'Z' || fields[0] === 'X' ? '-' : (fields[19] ?? '-');
}

/** Where numbers of processes mean something: this boot, and this container. */
async function namespace(): Promise<string> {
  const boot = (await readOrNull('/proc/sys/kernel/random/boot_id'))?.trim() ?? '';
  return `${boot}:${await readlink('/proc/self/ns/pid').catch(() => '')}`;
}

async function readOrNull(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return null;
  }
}
