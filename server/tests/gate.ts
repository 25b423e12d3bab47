import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { page, type Author } from './author';

/** A program that does nothing before its owner's gate is open. */
export const WAITING = page('open', 'while not os.path.exists(os.path.expanduser("~/gate")):\n    time.sleep(0.05)');

/** A file in the home of one user: what holds their programs, or their servers. */
export function gateOf(author: Author) {
  return {
    hold: () => rmSync(join(author.home, 'gate'), { force: true }),
    letGo: () => author.write('gate', 'open'),
    fail: () => author.write('gate', 'closed')
  };
}
