import { parseGitAddress, type GitAddress } from './address';
import { BadAddress } from './bad-address';

/**
 * The address that a repository gives for another one inside of it (`url` in .gitmodules): a whole one, or one relative to
 * its own, which begins with `./` or `../`. What it says is anybody's word: it is checked like an address that somebody typed.
 *
 * @throws BadAddress
 */
export function submoduleAddress(parent: GitAddress, url: string): GitAddress {
  if (!/^\.\.?(?:\/|$)/.test(url)) {
    return parseGitAddress(url);
  }
  const absolute = parent.path.startsWith('/');
  const segments = parent.path.split('/').filter(segment => segment !== '');
  for (const segment of url.split('/').filter(part => part !== '' && part !== '.')) {
    if (segment !== '..') {
      segments.push(segment);
    } else if (segments.pop() === undefined) {
      throw new BadAddress(
        'The relative address leads above everything that its host has.',
        'Have it corrected in .gitmodules, in the repository.'
      );
    }
  }
  const before = parent.url.slice(0, parent.url.length - parent.path.length);
  return parseGitAddress(`${before}${absolute ? '/' : ''}${segments.join('/')}`);
}
