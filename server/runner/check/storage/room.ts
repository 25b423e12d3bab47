import { statfs } from 'node:fs/promises';

import { grouped } from '../../../grouped';
import { notTried, ok, warning, type Attempt } from './attempt';

const LEAST_BYTES = 500 * 2 ** 20;
const LEAST_FILES = 10_000;

/** What the file system says is left. A quota may be less, and shows where something is written (`strategy`). */
export const room: Attempt = {
  id: 'store-room',
  what: 'The room that is left',
  fix: 'Raise the quota, or let authors delete old dashboards.',
  async tries({ store }) {
    const { bavail, bsize, files, ffree } = await statfs(store);
    if (bsize === 0) {
      return notTried('the file system does not say how much room is left');
    }
    const bytes = bavail * bsize;
    // btrfs, ZFS and others make inodes as they are needed, and say that there are none, or one more than there are.
    const counted = files > 0;
    const size = bytes >= 10e9 ? `${grouped(Math.floor(bytes / 1e9))} GB` : `${grouped(Math.floor(bytes / 1e6))} MB`;
    const left = counted ? `${size} and ${grouped(ffree)} files` : size;
    if (bytes < LEAST_BYTES || (counted && ffree < LEAST_FILES)) {
      return warning(`Only ${left} are left for versions.`, this.fix);
    }
    return ok(`${left} are left for versions${counted ? '' : '; files are not counted'}.`);
  }
};
