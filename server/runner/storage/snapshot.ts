import { expandHome } from '../../files/home';
import { copy } from './copy';
import type { StorageStrategy } from './strategy';

/** The author's files are here already, and are copied as they are now. */
export const snapshot: StorageStrategy = {
  id: 'snapshot',
  async fetch({ source }, { around }) {
    return { root: expandHome(source.root, around.home), own: false };
  },
  make: copy
};
