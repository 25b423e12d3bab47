import { realpath } from 'node:fs/promises';
import path from 'node:path';

import { expandHome } from './home';
import { ProblemError } from '../problem-error';

/**
 * Checks that a source lies in one of the folders that the administrator allows. Links are followed first, so that one
 * does not lead out of them. What is not there is found out, and explained, by whoever reads it.
 *
 * @param allowed - relative to the home folder, or absolute; undefined: everything is allowed.
 * @throws ProblemError `path_forbidden`
 */
export async function checkPublishable(
  source: { readonly root: string },
  home: string,
  allowed: readonly string[] | undefined
): Promise<void> {
  if (!allowed) {
    return;
  }
  const root = await resolved(expandHome(source.root, home));
  for (const folder of allowed) {
    const within = path.relative(await resolved(path.resolve(home, expandHome(folder, home))), root);
    if (within !== '..' && !within.startsWith(`..${path.sep}`) && !path.isAbsolute(within)) {
      return;
    }
  }
  const folders = allowed.map(folder => (path.isAbsolute(folder) ? folder : `~/${folder.replace(/^~\/?/, '')}`));
  throw new ProblemError('path_forbidden', `On this hub, nothing is published from ${source.root}.`, {
    fix: `Copy the project into ${folders.join(' or ')}, and publish it from there.`
  });
}

async function resolved(folder: string): Promise<string> {
  return realpath(folder).catch(() => path.resolve(folder));
}
