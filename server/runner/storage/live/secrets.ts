import { withRoot } from '../../../files/anchor';
import { readExcludes } from '../../../files/excludes';
import { homeIn } from '../../../files/home';
import { probablySecret } from '../../../files/secrets';
import { walk } from '../../../files/walk';
import { systemCode } from '../../../problem-error';

/** As many files are looked at: viewers of other versions wait for it. */
const LOOKED_AT = 5_000;
/** As many are named. */
const NAMED = 20;

/** Ends the walk. */
class Enough extends Error {}

/**
 * Sentences about files that probably hold a secret, of those that are served as they are saved.
 *
 * @param folder - absolute.
 */
export function secretWarnings(folder: string, home: string): string[] {
  const found: string[] = [];
  let files = 0;
  const ignored = () => undefined;
  try {
    withRoot(folder, root =>
      walk(root, readExcludes(root, homeIn(folder, home)), {
        file(at) {
          if (probablySecret(at)) {
            found.push(at);
          }
          if (++files >= LOOKED_AT || found.length >= NAMED) {
            throw new Enough();
          }
        },
        folder: ignored,
        link: ignored,
        skipped: ignored,
        excluded: ignored,
        closed: ignored
      })
    );
  } catch (error) {
    // What comes and goes while it is looked through is no reason not to serve it.
    if (!(error instanceof Enough) && systemCode(error) === undefined) {
      throw error;
    }
  }
  return found.map(at => `${at} may hold a secret and is part of what is served; name it in .dashboardignore.`);
}
