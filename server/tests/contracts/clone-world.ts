import { cpSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { CloneStrategy } from '../../contract';
import type { Programs } from './programs';
import { CONTENT_FAULTS, COPY_FAULTS, forbiddenFolder, notAllowed, writeBelow } from './folder-world';
import type { StrategyKind, StrategyWorld } from './strategy-world';

const SOURCE = { kind: 'files', root: '~/sales', entry: 'index.html', scope: 'folder' } as const;

interface CloneWorld extends StrategyWorld {
  /** What the mounts of further versions are. */
  mounts: 'clones' | 'empty' | 'missing';
}

/** A folder in a home that the dashboard's server does not have; to that, the mount of a clone is a folder that is there. */
export function cloneWorld(strategy: CloneStrategy): StrategyKind<CloneWorld> {
  return {
    title: `files on volumes that are made by the strategy ${strategy}`,
    strategy,
    copies: true,
    inPlace: true,
    ruled: true,
    async create({ home }) {
      const elsewhere = await mkdtemp(path.join(tmpdir(), 'author-'));
      const folder = path.join(elsewhere, 'sales');
      await mkdir(folder);
      let clones = 0;
      const world: CloneWorld = {
        folder,
        mounts: 'clones',
        process: { environment: {}, gitHosts: [], receives: null },
        write: files => writeBelow(folder, files),
        async source() {
          const mount = path.join(elsewhere, 'mounts', String(++clones));
          if (world.mounts === 'clones') {
            cpSync(folder, mount, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
          } else if (world.mounts === 'empty') {
            await mkdir(mount, { recursive: true });
          }
          // In the author's server, it is where it would be here.
          return { source: SOURCE, cloned: { strategy, folder: mount, from: path.join(home, 'sales') } };
        },
        async plan(programs: Programs) {
          const { files, bytes } = await programs.plan(elsewhere, SOURCE);
          return { files, bytes };
        },
        close: () => rm(elsewhere, { recursive: true })
      };
      return world;
    },
    faults: [
      ...CONTENT_FAULTS,
      ...COPY_FAULTS,
      notAllowed(['snapshot']),
      forbiddenFolder(),
      {
        title: 'a volume that does not have the folder',
        code: 'file_missing',
        retryable: false,
        async happen(world) {
          world.mounts = 'empty';
          return () => (world.mounts = 'clones');
        }
      },
      {
        title: 'a volume that is not there',
        code: 'file_missing',
        retryable: false,
        async happen(world) {
          world.mounts = 'missing';
          return () => (world.mounts = 'clones');
        }
      }
    ]
  };
}
