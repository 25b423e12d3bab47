import { GitFailed, startGit, type GitPlace } from './run-git';

/** What a folder of a commit holds at a path. */
export interface TreeItem {
  path: string;
  /** Some of its names are not UTF-8; they are shown with U+FFFD. */
  broken: boolean;
  kind: 'file' | 'link' | 'submodule';
  hash: string;
  executable: boolean;
  /** 0 for a submodule. */
  bytes: number;
}

export interface TreeItems {
  items: TreeItem[];
  /** False: the time was out, or there are more than are wanted of anybody. */
  complete: boolean;
}

/** Git knows of a content, and does not have it: of a clone that was made with a filter. */
export class ContentMissing extends Error {}

/**
 * All that is in a folder of a commit and below it, told as it comes.
 *
 * @param tree - its hash
 * @param most - as many items are enough: a small repository may list to millions
 * @throws GitFailed, ContentMissing
 */
export async function readTree(place: GitPlace, tree: string, most: number, signal: AbortSignal): Promise<TreeItems> {
  const items: TreeItem[] = [];
  if (signal.aborted) {
    return { items, complete: false };
  }
  const git = startGit(place, ['ls-tree', '-r', '-l', '-z', '--full-tree', tree], { signal });
  git.stdin.on('error', () => undefined);
  git.stdin.end();
  let said = '';
  git.stderr.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(-4_000)));
  const ended = new Promise<number | null>((resolve, reject) => {
    git.once('error', reject);
    git.once('close', resolve);
  });
  // Where it is not waited for: it was ended here.
  ended.catch(() => undefined);
  try {
    let rest: Buffer = Buffer.alloc(0);
    for await (const piece of git.stdout as AsyncIterable<Buffer>) {
      const text = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      let from = 0;
      for (let end = text.indexOf(0); end >= 0; end = text.indexOf(0, from)) {
        if (items.length === most) {
          return { items, complete: false };
        }
        items.push(parseItem(text.subarray(from, end)));
        from = end + 1;
      }
      rest = text.subarray(from);
    }
    if ((await ended) !== 0) {
      throw /promisor/.test(said) ? new ContentMissing(said) : new GitFailed(`git ls-tree: ${said.trim()}`);
    }
    return { items, complete: true };
  } catch (error) {
    if (signal.aborted) {
      return { items, complete: false };
    }
    throw error;
  } finally {
    git.kill('SIGKILL');
  }
}

/** `<mode> <type> <hash> <size>\t<path>`, the size filled up with blanks. */
function parseItem(record: Buffer): TreeItem {
  const tab = record.indexOf(0x09);
  const [mode = '', , hash = '', size = ''] = record.toString('latin1', 0, tab).split(/ +/);
  const name = record.subarray(tab + 1);
  const path = name.toString('utf8');
  if (size === 'BAD') {
    throw new ContentMissing(path);
  }
  return {
    path,
    broken: path.includes('\uFFFD') && !Buffer.from(path, 'utf8').equals(name),
    kind: mode === '160000' ? 'submodule' : mode === '120000' ? 'link' : 'file',
    hash,
    executable: mode === '100755',
    bytes: Number(size) || 0
  };
}
