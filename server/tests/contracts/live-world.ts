import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import type { Programs } from './programs';
import { CONTENT_FAULTS, FOLDER_FAULTS, forbiddenFolder, notAllowed, writeBelow } from './folder-world';
import type { StrategyKind, StrategyWorld } from './strategy-world';

const SOURCE = { kind: 'files', root: '~/sales', entry: 'index.html', scope: 'folder', live: true } as const;

interface LiveWorld extends StrategyWorld {
  /** The author's server is said to have seen another folder. */
  elsewhere: boolean;
}

/** A folder in the author's home, which is served as it is. */
export const LIVE: StrategyKind<LiveWorld> = {
  title: 'files that are served where they are',
  strategy: 'live',
  copies: false,
  ruled: true,
  async create({ home }) {
    const folder = path.join(home, 'sales');
    await mkdir(folder);
    const world: LiveWorld = {
      folder,
      elsewhere: false,
      process: { environment: {}, gitHosts: [], receives: null },
      write: files => writeBelow(folder, files),
      source: async () => ({ source: SOURCE, ...(world.elsewhere && { place: { inode: '1', newest: null } }) }),
      async plan(programs: Programs) {
        // It says what will be seen. Of that, the version holds nothing.
        const { files } = await programs.plan(home, SOURCE);
        expect(files).toBe(3);
        return { files: 0, bytes: 0 };
      },
      close: async () => undefined
    };
    return world;
  },
  faults: [
    ...FOLDER_FAULTS,
    ...CONTENT_FAULTS,
    notAllowed(['snapshot'], true),
    forbiddenFolder(true),
    {
      title: 'a folder that the dashboard’s server does not see',
      code: 'files_not_here',
      retryable: false,
      async happen(world) {
        world.elsewhere = true;
        return () => (world.elsewhere = false);
      }
    }
  ]
};
