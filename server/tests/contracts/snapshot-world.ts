import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import type { Programs } from './programs';
import { CONTENT_FAULTS, COPY_FAULTS, FOLDER_FAULTS, forbiddenFolder, notAllowed, writeBelow } from './folder-world';
import type { StrategyKind, StrategyWorld } from './strategy-world';

const SOURCE = { kind: 'files', root: '~/sales', entry: 'index.html', scope: 'folder' } as const;

/** A folder in the author's home. */
export const SNAPSHOT: StrategyKind<StrategyWorld> = {
  title: 'files that are copied',
  strategy: 'snapshot',
  copies: true,
  ruled: true,
  async create({ home }) {
    const folder = path.join(home, 'sales');
    await mkdir(folder);
    return {
      folder,
      process: { environment: {}, gitHosts: [], receives: null },
      write: files => writeBelow(folder, files),
      source: async () => ({ source: SOURCE }),
      async plan(programs: Programs) {
        const { files, bytes } = await programs.plan(home, SOURCE);
        return { files, bytes };
      },
      close: async () => undefined
    };
  },
  faults: [...FOLDER_FAULTS, ...CONTENT_FAULTS, ...COPY_FAULTS, notAllowed(['git']), forbiddenFolder()]
};
