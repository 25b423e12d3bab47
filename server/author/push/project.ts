import { fstatSync } from 'node:fs';

import { withFile, withParent } from '../../files/anchor';
import type { Offer } from '../../relay/offer';
import { identityOf, type HashCache } from './hash-cache';
import { FileChanged, type ReadFile } from './read-file';

/** The author's project as it is offered: what it consists of, and what each file was when it was read. */
export class Project {
  /**
   * @param root - absolute.
   * @param changing - files that could not be read at rest. They are not in the offer.
   */
  constructor(
    readonly root: string,
    readonly offer: Offer,
    readonly changing: readonly string[],
    private readonly cache: HashCache
  ) {}

  /** Keeps the hashes for the next time. */
  remember(): void {
    this.cache.save();
  }

  /**
   * Hands over an open file that is as it was when it was hashed.
   *
   * @throws FileChanged where it is not, before or after
   */
  use<T>(folder: number, { path, identity }: ReadFile, use: (fd: number) => T): T {
    return withParent(folder, path, (parent, name) =>
      withFile(parent, name, fd => {
        if (identityOf(fstatSync(fd, { bigint: true })) !== identity) {
          throw new FileChanged(path);
        }
        const result = use(fd);
        if (identityOf(fstatSync(fd, { bigint: true })) !== identity) {
          throw new FileChanged(path);
        }
        return result;
      })
    );
  }
}
