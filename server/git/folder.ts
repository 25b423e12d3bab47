import { BadAddress } from './bad-address';

/**
 * A folder inside of a repository: `.` for its top, otherwise names with slashes between them.
 *
 * @returns it without what means nothing: `./a//b/` is `a/b`
 * @throws BadAddress
 */
export function checkRepositoryFolder(folder: string): string {
  const names = folder.split('/').filter(name => name !== '' && name !== '.');

  const strange = folder.startsWith('/') || names.includes('..') || /[\x00-\x1f\x7f]/.test(folder);
  if (strange || /[\ud800-\udfff]/u.test(folder) || names.some(name => name.toLowerCase() === '.git')) {
    throw new BadAddress(
      'The folder must be one inside of the repository.',
      'Write its path from the top of the repository (apps/sales), without "..", or "." for the top itself.'
    );
  }
  return names.join('/') || '.';
}
