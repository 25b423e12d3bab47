import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { CreateWorld } from './strategy-world';

/** A folder in the author's home. */
export const snapshotWorld: CreateWorld = async ({ home }) => {
  const root = path.join(home, 'sales');
  await mkdir(root);
  return {
    strategy: 'snapshot',
    process: { environment: {}, gitHosts: [], receives: null },
    broken: 'file_missing',
    write: files => writeBelow(root, files),
    source: async () => ({ source: { kind: 'files', root: '~/sales', entry: 'index.html', scope: 'folder' } }),
    breakDown: () => rm(root, { recursive: true }),
    close: async () => undefined
  };
};

/** Writes files below a folder; those without a text are removed. */
export async function writeBelow(root: string, files: Readonly<Record<string, string | null>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, name);
    await mkdir(path.dirname(file), { recursive: true });
    await (text === null ? rm(file) : writeFile(file, text));
  }
}
