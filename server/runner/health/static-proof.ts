import { FOLDER } from '../../frameworks';
import { ProblemError } from '../../problem-error';
import { openPage } from './pages';
import type { ProofInput } from './proof';

/** Opens the first page; the files are served as they are, so that there is nothing to run. */
export async function proveStatic(input: ProofInput): Promise<string[]> {
  const { status } = await openPage('static', input, input.prefix);
  if (status >= 400) {
    const name = input.entry === FOLDER ? 'index.html' : input.entry;
    throw new ProblemError('entry_missing', `The folder has no page ${name} that could be shown.`, {
      fix: 'Add it, or choose another page to start with, then publish again.'
    });
  }
  return [];
}
