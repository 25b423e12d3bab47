import { createHash } from 'node:crypto';
import { readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { STORE } from '../../../files/home';
import { reason } from './attempt';
import { makeStore, PREFIX } from './ground';

/** A file among the versions that is to outlive the server that has written it. */
export interface Canary {
  /** Why it could not be written; null: it was. */
  write(): Promise<string | null>;
  /** Whether it is there as it was written. It is removed. */
  take(): Promise<boolean>;
}

/** @param key - of the check: each has its own. */
export function createCanary(home: string, key: string): Canary {
  const name = createHash('sha256').update(key).digest('hex').slice(0, 16);
  const store = path.join(home, STORE);
  const file = path.join(store, `${PREFIX}${name}`);
  return {
    async write() {
      try {
        await makeStore(store);
        await writeFile(file, name, { flush: true });
        return null;
      } catch (error) {
        return reason(error);
      }
    },
    async take() {
      const kept = (await readFile(file, 'utf8').catch(() => null)) === name;
      await rm(file, { force: true }).catch(() => undefined);
      // Nothing is published yet: the folder is the canary's.
      await rmdir(store).catch(() => undefined);
      return kept;
    }
  };
}
