/** What stands in a repository for a file that is kept in Git LFS says of it: its SHA-256, and its size in bytes. */
export interface Kept {
  oid: string;
  size: number;
}

const TEXT =
  /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:ext-[^\n]*\n)*oid sha256:([0-9a-f]{64})\nsize ([0-9]{1,15})\n$/;
/** By the specification, with room for numbers. */
const SHORTEST = 120;
const LONGEST = 1_023;

/** Whether a file of so many bytes may stand for another one. */
export function mayBePointer(bytes: number): boolean {
  return bytes >= SHORTEST && bytes <= LONGEST;
}

/** Null: the text has not the form of one that stands for a file. */
export function parsePointer(text: string): Kept | null {
  const [, oid, size] = TEXT.exec(text) ?? [];
  return oid === undefined ? null : { oid, size: Number(size) };
}

/** A file with rules (`.gitattributes`), by its path in the repository. */
export interface RulesFile {
  path: string;
  hash: string;
}

export const RULES = '.gitattributes';

/**
 * Which files the repository itself says are kept in Git LFS, by such rules alone. A file that only looks like one, an
 * example say, is not.
 *
 * @param git - git with a list of files of its own (GIT_INDEX_FILE), which is empty, given records
 * @param paths - in the repository
 */
export async function keptByRules(
  git: (args: readonly string[], records: readonly string[]) => Promise<Buffer>,
  rules: readonly RulesFile[],
  paths: readonly string[]
): Promise<ReadonlySet<string>> {
  await git(
    ['update-index', '-z', '--index-info'],
    rules.map(rule => `100644 ${rule.hash}\t${rule.path}`)
  );
  const told = (await git(['check-attr', '--cached', '-z', '--stdin', 'filter'], paths)).toString('utf8').split('\0');
  // The path, the name of the attribute, and its value.
  return new Set(paths.filter((_one, i) => told[3 * i + 2] === 'lfs'));
}

/** Where rules may stand in the folders around `a/b/`: at the top, and in `a`. */
export function rulesAround(above: string): string[] {
  const folders = above.split('/').slice(0, -1);
  return folders.map((_name, i) => [...folders.slice(0, i), RULES].join('/'));
}
