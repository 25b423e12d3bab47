import { readContents } from './read-contents';
import { ContentMissing, type TreeItem } from './read-tree';
import { GitFailed, type GitPlace } from './run-git';

/** As many bytes are asked for at once, or one file: Git may say twice as much. */
const AT_ONCE = 8 * 2 ** 20;

/**
 * Hands over what files of a commit say, until `signal` ends it, or Git has come to one that it cannot read.
 *
 * @param use - gets the path and the content
 */
export async function readTexts(
  place: GitPlace,
  items: readonly TreeItem[],
  signal: AbortSignal,
  use: (path: string, text: string) => void
): Promise<void> {
  try {
    for (const some of portions(items)) {
      const hashes = some.map(({ hash }) => hash);
      const texts = await readContents(place, hashes, signal);
      some.forEach(({ path, hash }) => use(path, texts.get(hash) ?? ''));
    }
  } catch (error) {
    if (!signal.aborted && !(error instanceof GitFailed || error instanceof ContentMissing)) {
      throw error;
    }
  }
}

function* portions(items: readonly TreeItem[]): Generator<TreeItem[]> {
  let portion: TreeItem[] = [];
  let bytes = 0;
  for (const item of items) {
    if (portion.length > 0 && bytes + item.bytes > AT_ONCE) {
      yield portion;
      portion = [];
      bytes = 0;
    }
    portion.push(item);
    bytes += item.bytes;
  }
  if (portion.length > 0) {
    yield portion;
  }
}
