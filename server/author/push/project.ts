import { fstatSync } from 'node:fs';

import { withFile, withParent } from '../../files/anchor';
import type { Offer } from '../../relay/offer';
import { identityOf, type HashCache } from './hash-cache';
import { FileChanged } from './read-file';

/** The author's project as it is offered: what it consists of, and what each file was when it was read. */
export class Project {
  /**
   * @param root - absolute.
   * @param changing - files that could not be read at rest. They are not in the offer.
   * @param identities - of the files, by their paths.
   */
  constructor(
    readonly root: string,
    readonly offer: Offer,
    readonly changing: readonly string[],
    private readonly identities: ReadonlyMap<string, string>,
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
  use<T>(folder: number, path: string, use: (fd: number) => T): T {
    return withParent(folder, path, (parent, name) =>
      withFile(parent, name, fd => {
        const identity = this.identities.get(path);
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
