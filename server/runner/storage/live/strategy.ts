import { expandHome } from '../../../files/home';
import type { StorageStrategy } from '../strategy';
import { isWatched, watchFiles } from './files-watch';
import { checkPermitted } from './permitted';
import { secretWarnings } from './secrets';
import { serveInPlace } from './serve-in-place';
import { createUnpublished } from './unpublished';

/** The author's files are here already, and are served where they are. */
export const live: StorageStrategy = {
  id: 'live',
  async fetch({ source }, { around }) {
    return { root: expandHome(source.root, around.home), own: false };
  },
  async make(n, source, _fetched, { around, line }) {
    const manifest = await serveInPlace(around.places, n, source);
    line('Nothing is copied: viewers see the files as they are saved.');
    const warnings = secretWarnings(source.root, around.home);
    warnings.forEach(warning => line(warning));
    return { manifest, warnings };
  },
  permit: checkPermitted,
  watch: (version, places, home) => (isWatched(version) ? watchFiles(places.files(version.n), home) : null),
  unpublished: createUnpublished
};
