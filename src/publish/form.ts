import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

import {
  LIMITS,
  type Dashboard,
  type DefaultAudience,
  type FrameworkId,
  type GitFacts,
  type GitSource,
  type PublishRequest,
  type Source,
  type UpdateRequest
} from '../../server/contract';
import { CommandInvalid, fillPlaceholders, FOLDER, splitCommand, type Detection } from '../../server/frameworks';
import { audience, audienceForm, audienceMistake, type AudienceForm } from '../audience/audience-form';
import type { Folders } from '../dashboards/access';
import { frameworkLabel } from '../views/framework-label';
import { humanise, onDisk, suggestName } from './files';

/** Files that may be the entry, and what each was recognised as. At least one. */
export interface Candidate {
  /** Relative to the folder. */
  entry: string;
  detection: Detection | null;
}

/** What the dialog asks for. Everything has a value from the start, so that nothing needs to be typed. */
export interface PublishForm extends AudienceForm {
  name: string;
  /** Contents path of the folder that holds the entry; empty for the top folder. */
  folder: string;
  candidates: readonly Candidate[];
  entry: string;
  scope: Source['scope'];
  /** The author's choice; null: as recognised. */
  framework: FrameworkId | null;
  /** Of a dashboard that there is; null for a new one. */
  last: LastVersion | null;
  command: string;
  /** What is new in a further version. */
  message: string;
  /** Where the files are fetched from; null: they are published as they are here. */
  repository: Omit<GitSource, 'kind' | 'entry' | 'scope'> | null;
  /** A token to be stored, and the repository read with; null: what `repository` says. */
  token: string | null;
  /** Of files here: viewers see them as they are saved, and nothing is copied. */
  live: boolean;
}

/** What the last version was started with. */
export interface LastVersion {
  entry: string;
  framework: FrameworkId | null;
  /** What its author chose; null: it was recognised. */
  chosen: FrameworkId | null;
  /** Where its files were fetched from; null: they were the author's. */
  repository: PublishForm['repository'];
}

/** What a click points at. */
export interface Target {
  folder: string;
  candidates: readonly Candidate[];
  /** True if a folder was clicked and not a file in it. */
  wholeFolder: boolean;
  /** Contents drive the files are in; the server's disk is the one without a name. */
  drive: string;
}

/** The form as it opens: for a file or folder that is not published yet. */
export function newForm(target: Target, folders: Folders, defaultAudience: DefaultAudience = 'owner'): PublishForm {
  const first = target.candidates[0];
  const entry = first?.entry ?? '';
  const broad = [folders.root, folders.home].some(
    folder => onDisk({ ...folders, root: folder }, '') === onDisk(folders, target.folder)
  );
  return {
    name: target.wholeFolder ? humanise(PathExt.basename(target.folder)) : suggestName(target.folder, entry),
    folder: target.folder,
    candidates: target.candidates,
    entry,
    // All of a home folder is never what somebody means by publishing one file of it.
    scope: broad && !target.wholeFolder ? 'file' : 'folder',
    framework: null,
    last: null,
    command: first?.detection?.command ?? '',
    message: '',
    repository: null,
    token: null,
    live: false,
    ...audienceForm({ kind: defaultAudience })
  };
}

/** The form for another version of `dashboard`. */
export function formFor(dashboard: Dashboard, target: Target, folders: Folders): PublishForm {
  const { source: from, framework: ran, chosenFramework: chosen } = dashboard;
  const form = newForm(target, folders);
  const known = form.candidates.find(({ entry }) => entry === from?.entry);
  const repository = from?.kind === 'git' ? repositoryOf(from) : null;
  const last = from && { entry: from.entry, framework: ran, chosen, repository };
  return {
    ...withEntry({ ...form, last }, known?.entry ?? form.entry),
    name: dashboard.name,
    repository,
    live: from?.kind === 'files' && from.live === true,
    scope: from?.scope ?? form.scope,
    ...audienceForm(dashboard.audience)
  };
}

/** The form with another file to start with. What was chosen for one is not said of another. */
export function withEntry(form: PublishForm, entry: string): PublishForm {
  const other = { ...form, entry };
  const chosen = lastOf(other)?.chosen ?? null;
  // The command of the last version is the service's to know: left empty, it stays.
  const command = chosen === 'command' ? '' : (detection(other)?.command ?? '');
  return { ...other, framework: chosen, command };
}

/** What the last version was, if it was started with the chosen entry. */
function lastOf({ last, entry }: PublishForm): LastVersion | null {
  return last?.entry === entry ? last : null;
}

/** Whether a command that is left empty stays as it was. */
export function keepsCommand(form: PublishForm): boolean {
  return lastOf(form)?.chosen === 'command';
}

/** What the chosen entry was recognised as. */
export function detection(form: PublishForm): Detection | null {
  return form.candidates.find(candidate => candidate.entry === form.entry)?.detection ?? null;
}

/** What the dashboard is run with unless the author chooses; null if nothing is known. */
export function recognised(form: PublishForm): FrameworkId | null {
  const last = lastOf(form);
  // Where it was recognised from more than can be read here, as in a very large file.
  return detection(form)?.framework ?? (last?.chosen === null ? last.framework : null);
}

/** What the dashboard will be run with; null if that is still open. */
export function framework(form: PublishForm): FrameworkId | null {
  return form.framework ?? recognised(form);
}

/** Fields that keep the form from being sent, each with a sentence. `offered`: the frameworks of this hub. */
export function mistakes(
  form: PublishForm,
  trans: TranslationBundle,
  offered: readonly FrameworkId[]
): Partial<Record<keyof PublishForm, string>> {
  const found: Partial<Record<keyof PublishForm, string>> = {};
  const name = form.name.trim();
  if (name === '') {
    found.name = trans.__('Give the dashboard a name.');
  } else if (name.length > LIMITS.name) {
    found.name = trans.__('This name is too long. Use at most %1 characters.', LIMITS.name);
  }
  if (form.entry === '') {
    found.entry = trans.__('Choose the file that starts the dashboard.');
  }
  const chosen = framework(form);
  if (chosen === null) {
    found.framework = trans.__('Choose how this file is run, or give the command that starts it.');
  } else if (!offered.includes(chosen)) {
    found.framework = trans.__('This hub does not offer %1. Choose another one.', frameworkTitle(chosen, trans));
  }
  if (chosen === 'command' && form.command.trim() === '' && !keepsCommand(form)) {
    found.command = trans.__('Give the command that starts the dashboard.');
  } else if (chosen === 'command') {
    const mistake = commandMistake(form.command.trim(), trans);
    if (mistake !== null) {
      found.command = mistake;
    }
  }
  if (form.token?.trim() === '') {
    found.token = trans.__('Give the token, or choose something else to read the repository with.');
  }
  const unfinished = audienceMistake(form, trans);
  if (unfinished !== null) {
    found.users = unfinished;
  }
  return found;
}

/** What a framework is called where people choose one. */
export function frameworkTitle(id: FrameworkId, trans: TranslationBundle): string {
  return id === 'command' ? trans.__('A command of your own') : frameworkLabel(id, trans);
}

/** Where the files come from. */
export function source(form: PublishForm, folders: Folders): Source {
  const { entry, repository } = form;
  const scope = scopeOf(form);
  if (repository !== null) {
    return { kind: 'git', ...repository, entry, scope };
  }
  return { kind: 'files', root: onDisk(folders, form.folder), entry, scope, ...(isLive(form) && { live: true }) };
}

/** What is published of the folder. */
export function scopeOf({ entry, scope }: PublishForm): Source['scope'] {
  return entry === FOLDER ? 'folder' : scope;
}

/** Whether viewers see the files as they are saved: with their folder, or not at all. */
export function isLive(form: PublishForm): boolean {
  return form.live && form.repository === null && scopeOf(form) === 'folder';
}

function repositoryOf({
  kind: _kind,
  entry: _entry,
  scope: _scope,
  ...repository
}: GitSource): PublishForm['repository'] {
  return repository;
}

/** What a version of the same kind as the last one is told. */
export function messageRequest(form: Pick<PublishForm, 'message'>): Pick<UpdateRequest, 'message'> {
  const message = form.message.trim();
  return message === '' ? {} : { message };
}

/** The form as a request for a new version. The framework is left to the runner (null) unless the author chose one. */
export function updateRequest(form: PublishForm, folders: Folders): UpdateRequest {
  const base = { ...messageRequest(form), source: source(form, folders) };
  const command = form.command.trim();
  if (framework(form) === 'command') {
    return { ...base, framework: 'command', ...(command === '' ? {} : { command }) };
  }
  return { ...base, framework: form.framework };
}

/** The form as a request for a new dashboard. */
export function publishRequest(form: PublishForm, folders: Folders): PublishRequest {
  return {
    ...updateRequest(form, folders),
    source: source(form, folders),
    name: form.name.trim(),
    audience: audience(form)
  };
}

/** The one of `mine` that was published from the same place, the newest first. */
export function published(
  mine: readonly Dashboard[],
  target: Target,
  folders: Folders,
  git: GitFacts | null = null
): Dashboard | null {
  const root = onDisk(folders, target.folder);
  const matches = mine.filter(
    ({ source: from }) =>
      from !== null &&
      (from.kind === 'files'
        ? onDisk({ ...folders, root: from.root }, '') === root
        : from.url === git?.offer?.url && from.root === git.offer.root) &&
      (target.wholeFolder ? from.scope === 'folder' : from.entry === target.candidates[0]?.entry)
  );
  return matches.sort((a, b) => b.createdAt.localeCompare(a.createdAt))[0] ?? null;
}

function commandMistake(command: string, trans: TranslationBundle): string | null {
  if (command.length > LIMITS.command) {
    return trans.__('This command is too long. Put it into a script and start that.');
  }
  if (command === '') {
    return null;
  }
  try {
    fillPlaceholders(splitCommand(command), { port: '', base_url: '', entry: '', python: '', host: '' });
    return null;
  } catch (error) {
    if (error instanceof CommandInvalid) {
      return error.message;
    }
    throw error;
  }
}
