import { mkdir, mkdtemp, readdir, rmdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { STORE } from '../../../files/home';
import { removeTree } from '../../versions/remove';
import { failed, ok, reason, type Ground, type Result } from './attempt';

/** Begin of the names of all that a check makes. */
export const PREFIX = '.dashboards-check-';

/** No check takes this long: what is older was left by one that was killed. */
const LEFT_MS = 3_600_000;

/** What a check works on, and how to make all of it undone. */
export interface Laid {
  ground: Ground;
  remove(): Promise<void>;
}

/** Makes the folders of a check, also `~/.dashboards` as a first publish would; the line about that, and the folders. */
export async function layGround(home: string): Promise<{ result: Result; laid: Laid | null }> {
  const store = path.join(home, STORE);
  const made: string[] = [];
  let first = false;
  const remove = async () => {
    for (const folder of made) {
      await removeTree(folder).catch(() => undefined);
    }
    if (first) {
      // Stays where a dashboard has been published meanwhile.
      await rmdir(store).catch(() => undefined);
    }
  };
  try {
    first = await makeStore(store);
    await sweep(home);
    await sweep(store);
    const [work, versions] = [await mkdtemp(path.join(home, PREFIX)), await mkdtemp(path.join(store, PREFIX))];
    made.push(work, versions);
    await writeFile(path.join(versions, 'written'), 'x', { flush: true });
    return {
      result: ok(`Versions are kept in ${store}, which can be made and written to.`),
      laid: { ground: { home, store, work, made: versions }, remove }
    };
  } catch (error) {
    await remove();
    const full = ['ENOSPC', 'EDQUOT'].includes(reason(error));
    return {
      result: failed(
        `Nothing can be written into ${store} (${reason(error)}): nothing can be published.`,
        full ? 'Make room, or raise the quota.' : 'Let users write into their home folders, and make folders in them.'
      ),
      laid: null
    };
  }
}

/** Makes the folder of versions; false: it was there. A recursive `mkdir` would not say what kept it from that. */
export async function makeStore(store: string): Promise<boolean> {
  try {
    await mkdir(store, { mode: 0o700 });
    return true;
  } catch (error) {
    if (reason(error) === 'EEXIST' && (await stat(store)).isDirectory()) {
      return false;
    }
    throw error;
  }
}

/** Removes what checks have left that could not do it themselves. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const left = path.join(folder, name);
    if (name.startsWith(PREFIX) && Date.now() - (await stat(left)).mtimeMs > LEFT_MS) {
      await removeTree(left).catch(() => undefined);
    }
  }
}
