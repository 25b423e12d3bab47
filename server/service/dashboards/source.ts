import {
  isCloneStrategy,
  type FilesSource,
  type FrameworkId,
  type GitSource,
  type Problem,
  type Source,
  type Strategy
} from '../../contract';
import { parseGitAddress } from '../../git/address';
import { BadAddress } from '../../git/bad-address';
import { checkRepositoryFolder } from '../../git/folder';
import { checkAllowed, type AllowedHosts } from '../../git/hosts';
import { checkRef } from '../../git/ref';
import { problem, ServiceError } from '../errors';
import { isBroken } from './texts';

/** What the administrator allows. */
export interface AllowedSources {
  strategies: readonly Strategy[];
  /** Whether what a server writes into its home is there when it starts again. */
  homesKept: boolean;
  gitHosts: AllowedHosts;
}

type AllowedStrategies = Pick<AllowedSources, 'strategies' | 'homesKept'>;

/** How files may come to where they are served: of homes that go with their servers, no file is asked for again. */
export function offeredStrategies({ strategies, homesKept }: AllowedStrategies): Strategy[] {
  return strategies.filter(id => homesKept || id === 'git');
}

/** Why files of homes cannot be published on this hub, in whatever way; null: they can. */
export function filesOff(allowed: AllowedStrategies): Problem | null {
  if (!allowed.homesKept) {
    return problem(
      'strategy_forbidden',
      'On this hub a home goes with its server: the files that a dashboard shows are gone as soon as it has fallen asleep.',
      'Push the files to a Git repository, and publish from your clone of it, as on its branch; after each sleep, publish from there again.'
    );
  }
  return offeredStrategies(allowed).every(id => id === 'git')
    ? problem('strategy_forbidden', 'On this hub, files are not copied.', 'Publish from a Git repository.')
    : null;
}

/**
 * Checks what can be known of a source without looking at the author's files, which this service never does.
 *
 * @param allowed - strategies of this hub, and hosts that it fetches repositories from.
 * @throws ServiceError `invalid_request`, `git_address` or `strategy_forbidden`
 */
export function checkSource(source: Source, allowed: AllowedSources): Source {
  const texts =
    source.kind === 'git' ? [source.url, source.ref, source.root, source.entry] : [source.root, source.entry];
  if (texts.some(text => text.includes('\0'))) {
    throw invalid('A path must not contain a NUL character.');
  }
  if (texts.some(isBroken)) {
    throw invalid('A path must not contain half a character.');
  }
  if (isOutside(source.entry)) {
    throw invalid('The file must be named by its path inside the folder, without "..".');
  }
  const checked = source.kind === 'git' ? checkGitSource(source, allowed.gitHosts) : checkFilesSource(source);
  checkStrategy(checked, allowed);
  return { ...checked, entry: normalized(source.entry) };
}

function checkFilesSource({ kind, root, entry, scope, live }: FilesSource): FilesSource {
  if (!root.startsWith('/') && root !== '~' && !root.startsWith('~/')) {
    throw invalid('The folder must be an absolute path, or begin with "~/".');
  }
  if (segments(root).includes('..')) {
    throw invalid('The folder must not contain "..".');
  }
  if (live && scope === 'file') {
    throw invalid(
      'Files that are served as they are saved are served with their folder.',
      'Choose the scope "folder".'
    );
  }
  return { kind, root, entry, scope, ...(live && { live }) };
}

function checkGitSource(source: GitSource, hosts: AllowedHosts): GitSource {
  if (isOutside(source.root)) {
    throw invalid('The folder must be named by its path inside the repository, without "..".');
  }
  try {
    const address = parseGitAddress(source.url);
    checkAllowed(address, hosts);
    checkRef(source.ref);
    return { ...source, url: address.url, root: checkRepositoryFolder(source.root) };
  } catch (error) {
    throw error instanceof BadAddress ? new ServiceError('git_address', 400, error.message, error.fix) : error;
  }
}

/** @throws ServiceError `strategy_forbidden` */
export function checkStrategy(source: Source, hub: AllowedStrategies): void {
  const allowed = offeredStrategies(hub);
  const off = source.kind === 'files' ? filesOff(hub) : null;
  if (off !== null) {
    throw forbidden(off.message, off.fix ?? '');
  }
  if (source.kind === 'git' && !allowed.includes('git')) {
    throw forbidden('Git repositories cannot be published on this hub.', 'Publish files of your home instead.');
  }
  if (source.kind === 'files' && source.live && !allowed.includes('live')) {
    throw forbidden('On this hub, files are not served as they are saved.', 'Publish them as they are now.');
  }
  if (source.kind === 'files' && !source.live && !allowed.some(isCopy)) {
    const rest = allowed.includes('git') ? 'Publish from a Git repository.' : 'Publish them as they are saved.';
    throw forbidden('On this hub, files are not copied.', rest);
  }
}

function isCopy(strategy: Strategy): boolean {
  return strategy === 'snapshot' || strategy === 'relay' || isCloneStrategy(strategy);
}

function forbidden(message: string, fix: string): ServiceError {
  return new ServiceError('strategy_forbidden', 400, message, fix);
}

/** Whether a path that begins at a folder may lead out of it. */
function isOutside(path: string): boolean {
  return path.startsWith('/') || path.startsWith('~') || segments(path).includes('..');
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

function invalid(message: string, fix = 'Correct it and try again.'): ServiceError {
  return new ServiceError('invalid_request', 400, message, fix);
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
