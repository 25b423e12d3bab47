import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import type { FrameworkId, Selection } from '../../contract';
import { expandHome } from '../../files/home';
import { detect } from '../../frameworks/detect';
import { FOLDER } from '../../frameworks/framework';

/** Larger files take longer to read than a head start gains. */
const MOST = 2 * 2 ** 20;

/** What the file that a source starts with is probably run with: of no consequence but time. Null where that is not clear. */
export function guessFramework(source: Selection, home: string): FrameworkId | null {
  const file = path.join(expandHome(source.root, home), source.entry);
  const stat = source.entry === FOLDER ? undefined : statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size > MOST) {
    return null;
  }
  return detect({ path: source.entry, text: readFileSync(file, 'utf8') })?.framework ?? null;
}
