import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, readdir, readFile, readlink, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { isUnshareable } from '../../../files/unshareable';
import { systemCode } from '../../../problem-error';

const LOOK_AGAIN_MS = 200;
/** Who waits longer is told of it. */
const TOLD_MS = 2_000;
const SIGN_OF_LIFE_MS = 5_000;
/** Where its holder cannot be looked for, a lock without a sign of life for this long is nobody's. */
const SILENT_MS = 60_000;

/**
 * Holds `file` as the sign that one process at a time works beside it. Waits until it is free; one that was left by a
 * process that has died is free.
 *
 * Whether a process of this container lives is known. Of one elsewhere it is known by its signs of life alone: who is stopped
 * for longer than a minute there, or whose file server keeps times from others, may find that somebody else holds it as well.
 *
 * @param waits - called once, where it is not free for a while
 * @returns gives it back
 */
export async function lock(file: string, signal: AbortSignal, waits = () => {}): Promise<() => Promise<void>> {
  const content = [process.pid, await startOf(process.pid), await namespace(), randomBytes(8).toString('hex')].join(
    ' '
  );
  const own = `${file}.${randomBytes(6).toString('hex')}`;
  const told = setTimeout(waits, TOLD_MS);
  try {
    await writeFile(own, content, { mode: 0o600 });
    // A file appears under the name of the lock with its content in it, or not at all.
    while (!(await appear(own, file)) && !(await takeOver(own, file))) {
      await pause(LOOK_AGAIN_MS, undefined, { signal });
      // It is the time of the lock as well.
      await giveSign(own);
    }
  } finally {
    clearTimeout(told);
    await rm(own, { force: true });
  }
  // Gone: the folder was removed with everything in it.
  const timer = setInterval(() => giveSign(file).catch(() => undefined), SIGN_OF_LIFE_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    if ((await readOrNull(file)) === content) {
      await rm(file, { force: true });
    }
  };
}

function giveSign(file: string): Promise<void> {
  const now = new Date();
  return utimes(file, now, now);
}

/**
 * Removes what those have left beside `file` who had died before they held it, or while they took it over. For who holds it:
 * by what they have left, others know that they may take it over in their place.
 */
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

/**
 * The name by which one process alone may replace a lock of somebody who is gone. A claim of somebody who is gone as well is
 * claimed in the same way; since no two locks are the same, each of these names is wanted for one lock alone.
 */
export function claimOf(file: string, holder: string): string {
  const [lockFile = file] = file.split('.claim-');
  return `${lockFile}.claim-${createHash('sha256').update(`${file} ${holder}`).digest('hex').slice(0, 24)}`;
}

/** Puts `own` in the place of a lock that is nobody's; false: it is somebody's, or somebody else is about to. */
async function takeOver(own: string, file: string): Promise<boolean> {
  const gone: { file: string; holder: string }[] = [];
  for (let next = file; ;) {
    const holder = await readOrNull(next);
    if (holder === null || !(await isGone(holder, next))) {
      return false;
    }
    gone.push({ file: next, holder });
    next = claimOf(next, holder);
    if (await appear(own, next)) {
      try {
        // Whoever had replaced it before has taken their claim away only then.
        for (const left of gone) {
          if ((await readOrNull(left.file)) !== left.holder || !(await isGone(left.holder, left.file))) {
            return false;
          }
        }
        await rename(own, file);
        for (const claim of gone.slice(1)) {
          await rm(claim.file, { force: true });
        }
        return true;
      } finally {
        await rm(next, { force: true });
      }
    }
  }
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
