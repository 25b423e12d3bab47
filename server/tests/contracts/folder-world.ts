import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { Strategy } from '../../contract';
import type { Allowed } from '../../runner/engine';
import type { Fault, StrategyWorld } from './strategy-world';

/** Writes files below a folder; those without a text are removed. */
export async function writeBelow(root: string, files: Readonly<Record<string, string | null>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, name);
    await mkdir(path.dirname(file), { recursive: true });
    await (text === null ? rm(file) : writeFile(file, text));
  }
}

/** What may be wrong with the folder of an author, whatever becomes of it. */
export const FOLDER_FAULTS: readonly Fault<StrategyWorld>[] = [
  {
    title: 'a folder that is gone',
    code: 'file_missing',
    retryable: false,
    async happen({ folder }) {
      await rename(folder, `${folder}-away`);
      return () => rename(`${folder}-away`, folder);
    }
  },
  {
    title: 'a folder that is a file',
    code: 'folder_not_readable',
    retryable: false,
    async happen({ folder }) {
      await rename(folder, `${folder}-away`);
      await writeFile(folder, '');
      return async () => {
        await rm(folder);
        await rename(`${folder}-away`, folder);
      };
    }
  }
];

/** That the administrator allows other ways only. `shuts`: see `Fault`. */
export function notAllowed(others: readonly Strategy[], shuts = false): Fault<StrategyWorld> {
  const title = 'a way that the administrator does not allow';
  return { title, code: 'strategy_forbidden', retryable: false, shuts, happen: allowing({ strategies: others }, {}) };
}

/** That the administrator lets nobody publish from the folder. `shuts`: see `Fault`. */
export function forbiddenFolder(shuts = false): Fault<StrategyWorld> {
  const title = 'a folder that nothing is published from';
  const happen = allowing({ paths: ['elsewhere'] }, { paths: ['elsewhere', 'sales'] });
  return { title, code: 'path_forbidden', retryable: false, shuts, happen };
}

/** The administrator allows something else, and then what is right again. */
function allowing(wrong: Allowed, right: Allowed): Fault<StrategyWorld>['happen'] {
  return async (_world, renew) => {
    await renew({ allowed: wrong });
    return () => renew({ allowed: right });
  };
}

/** What may be wrong with a folder's content. */
export const CONTENT_FAULTS: readonly Fault<StrategyWorld>[] = [
  {
    title: 'a file that is gone',
    code: 'file_missing',
    retryable: false,
    async happen(world) {
      await world.write({ 'index.html': null });
      return () => world.write({ 'index.html': '<p>first</p>' });
    }
  }
];

/** What may be wrong with what is to be copied. */
export const COPY_FAULTS: readonly Fault<StrategyWorld>[] = [
  {
    title: 'links that lead out of the folder',
    code: 'links_leave_folder',
    retryable: false,
    async happen(world) {
      const link = path.join(world.folder, 'out');
      await symlink('/etc/passwd', link);
      await world.write({});
      return async () => {
        await rm(link);
        await world.write({});
      };
    }
  },
  {
    title: 'more than a version may hold',
    code: 'too_large',
    retryable: false,
    async happen(_world, renew) {
      await renew({ limits: { files: 2, bytes: 1e9 } });
      return () => renew({ limits: { files: 10, bytes: 1e9 } });
    }
  }
];
