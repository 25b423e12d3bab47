import { fstatSync } from 'node:fs';

import { withFile, withParent } from '../../files/anchor';
import { FileChanged, type ReadFile } from './read-file';
import { identityOf } from './remembered';

/** What of the offer this one builds on is gone, and the sums of what is there. */
export interface OfferRest {
  gone: readonly string[];
  files: number;
  bytes: number;
}

/** The author's project as it is offered: what it consists of, and what each file was when it was read. */
export class Project {
  /**
   * @param root - absolute.
   * @param rest - of the offer, after what was told of it while it was read.
   * @param changing - files that could not be read at rest. They are not in the offer.
   */
  constructor(
    readonly root: string,
    readonly rest: OfferRest,
    readonly changing: readonly string[]
  ) {}

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
