import { ContentMissing } from './read-tree';
import { askGit, GitFailed, type GitPlace } from './run-git';

const AT_ONCE = 2_000;

/**
 * Contents of a repository by their hashes. To be asked for small ones alone.
 *
 * @throws GitFailed, ContentMissing, or the reason of `signal`
 */
export async function readContents(
  place: GitPlace,
  hashes: Iterable<string>,
  signal: AbortSignal
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const wanted = [...new Set(hashes)];
  for (let i = 0; i < wanted.length; i += AT_ONCE) {
    const some = wanted.slice(i, i + AT_ONCE);
    const input = some.map(hash => `${hash}\n`).join('');
    const { code, out, err } = await askGit(place, ['cat-file', '--batch'], { input, signal });
    if (code !== 0) {
      throw /promisor/.test(err) ? new ContentMissing(err) : new GitFailed(`git cat-file: ${err.trim()}`);
    }
    let at = 0;
    for (const hash of some) {
      // `<hash> blob <size>`, the content, and a line end.
      const begin = out.indexOf('\n', at) + 1;
      const [, , size] = out.toString('latin1', at, begin).trim().split(' ');
      if (size === undefined) {
        throw new ContentMissing(hash);
      }
      at = begin + Number(size) + 1;
      found.set(hash, out.toString('utf8', begin, at - 1));
    }
  }
  return found;
}
