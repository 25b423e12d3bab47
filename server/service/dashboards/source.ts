import type { FrameworkId, Source } from '../../contract';
import { ServiceError } from '../errors';
import { isBroken } from './texts';

/**
 * Checks what can be known of a source without looking at the author's files, which this service never does.
 * @throws ServiceError `invalid_request`
 */
export function checkSource(source: Source): Source {
  const { root, entry } = source;
  if (root.includes('\0') || entry.includes('\0')) {
    throw invalid('A path must not contain a NUL character.');
  }
  if (isBroken(root) || isBroken(entry)) {
    throw invalid('A path must not contain half a character.');
  }
  if (!root.startsWith('/') && root !== '~' && !root.startsWith('~/')) {
    throw invalid('The folder must be an absolute path, or begin with "~/".');
  }
  if (segments(root).includes('..')) {
    throw invalid('The folder must not contain "..".');
  }
  if (entry.startsWith('/') || entry.startsWith('~') || segments(entry).includes('..')) {
    throw invalid('The file must be named by its path inside the folder, without "..".');
  }
  return { kind: source.kind, root, entry: normalized(entry), scope: source.scope };
}

/** What an author asked to run. */
export interface Wish {
  framework: FrameworkId | null;
  command: string | null;
}

/**
 * Checks framework and command together.
 * @throws ServiceError `framework_unknown`, `command_invalid` or `invalid_request`
 */
export function checkWish(framework: FrameworkId | null, command: string | undefined, allowed: FrameworkId[]): Wish {
  const chosen = framework ?? (command === undefined ? null : 'command');
  if (chosen && !allowed.includes(chosen)) {
    throw new ServiceError(
      'framework_unknown',
      400,
      `The framework "${chosen}" is not offered on this hub.`,
      `Choose one of: ${allowed.join(', ')}.`
    );
  }
  if (chosen === 'command' && !command?.trim()) {
    throw new ServiceError(
      'command_invalid',
      400,
      'A dashboard with a command of its own needs that command.',
      'Write the command line, with {port} where the port goes: python {entry} --port {port}'
    );
  }
  if (command?.includes('\0')) {
    throw new ServiceError('command_invalid', 400, 'The command must not contain a NUL character.', 'Remove it.');
  }
  if (command !== undefined && isBroken(command)) {
    throw new ServiceError('command_invalid', 400, 'The command must not contain half a character.', 'Type it anew.');
  }
  if (chosen !== 'command' && command !== undefined) {
    throw invalid(`A command goes with the framework "command", not with "${chosen}".`);
  }
  return { framework: chosen, command: command ?? null };
}

function invalid(message: string): ServiceError {
  return new ServiceError('invalid_request', 400, message, 'Correct it and try again.');
}

/** Without the `./` that a shell writes: `./app.py` is `app.py`, and `./` is the folder itself. */
function normalized(entry: string): string {
  return (
    segments(entry)
      .filter(segment => segment !== '.' && segment !== '')
      .join('/') || '.'
  );
}

function segments(path: string): string[] {
  return path.split('/');
}
