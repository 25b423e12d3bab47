import { ProblemError } from '../../../problem-error';
import { explainLocal } from './failures';
import { findFile, type MirrorInput } from './mirror';

/**
 * Reads a file of settings at the top of a repository: its own word, which leads to no other file.
 *
 * @param name - `.gitmodules` or `.lfsconfig`
 * @returns each setting, the later of two last; none where there is no such file
 * @throws ProblemError `git_unsupported` where git cannot read it
 */
export async function readSettings(
  input: MirrorInput,
  commit: string,
  name: string
): Promise<[key: string, value: string][]> {
  const { session, folder, address } = input;
  const file = await findFile(input, commit, name);
  if (file === null) {
    return [];
  }
  const { code, stdout, stderr } = await session.local(folder, [
    'config',
    '--blob',
    file,
    '--no-includes',
    '-z',
    '--list'
  ]);
  if (code !== 0) {
    throw /bad config/i.test(stderr) ? broken(name, stderr) : explainLocal(address, stderr);
  }
  return stdout
    .toString('utf8')
    .split('\0')
    .filter(record => record !== '')
    .map(record => {
      const end = record.indexOf('\n');
      // A name alone has no value.
      return end < 0 ? [record, ''] : [record.slice(0, end), record.slice(end + 1)];
    });
}

function broken(name: string, detail: string): ProblemError {
  return new ProblemError('git_unsupported', `The repository’s file ${name} is not one that git can read.`, {
    fix: `Mend ${name} in the repository and push it, then publish again.`,
    detail
  });
}
