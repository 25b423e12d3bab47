import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

import {
  LIMITS,
  type Dashboard,
  type DefaultAudience,
  type FrameworkId,
  type PublishRequest,
  type Source,
  type UpdateRequest
} from '../../server/contract';
import { CommandInvalid, fillPlaceholders, FOLDER, splitCommand, type Detection } from '../../server/frameworks';
import { audience, audienceForm, audienceMistake, type AudienceForm } from '../audience/audience-form';
import type { Folders } from '../dashboards/access';
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
  /** The author's choice; null: as detected. */
  framework: FrameworkId | null;
  command: string;
  /** What is new in a further version. */
  message: string;
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
    command: first?.detection?.command ?? '',
    message: '',
    ...audienceForm({ kind: defaultAudience })
  };
}

/** The form for another version of `dashboard`. */
export function formFor(dashboard: Dashboard, target: Target, folders: Folders): PublishForm {
  const form = newForm(target, folders);
  const known = form.candidates.find(({ entry }) => entry === dashboard.source?.entry) ?? form.candidates[0];
  return {
    ...form,
    name: dashboard.name,
    entry: known?.entry ?? form.entry,
    scope: dashboard.source?.scope ?? form.scope,
    // Where nothing is recognised, what it runs with was recognised from more than is known here.
    framework: dashboard.chosenFramework ?? (known?.detection ? null : dashboard.framework),
    // The command of the last version is the service's to know: left empty, it stays.
    command: dashboard.framework === 'command' ? '' : form.command,
    ...audienceForm(dashboard.audience)
  };
}

/** What the chosen entry was recognised as. */
export function detection(form: PublishForm): Detection | null {
  return form.candidates.find(candidate => candidate.entry === form.entry)?.detection ?? null;
}

/** What the dashboard will be run with; null if that is still open. */
export function framework(form: PublishForm): FrameworkId | null {
  return form.framework ?? detection(form)?.framework ?? null;
}

/** Fields that keep the form from being sent, each with a sentence. `dashboard`: the one that gets a new version. */
export function mistakes(
  form: PublishForm,
  trans: TranslationBundle,
  dashboard: Dashboard | null = null
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
  }
  const keepsCommand = dashboard !== null && dashboard.framework === 'command';
  if (chosen === 'command' && form.command.trim() === '' && !keepsCommand) {
    found.command = trans.__('Give the command that starts the dashboard.');
  } else if (chosen === 'command') {
    const mistake = commandMistake(form.command.trim(), trans);
    if (mistake !== null) {
      found.command = mistake;
    }
  }
  const unfinished = audienceMistake(form, trans);
  if (unfinished !== null) {
    found.users = unfinished;
  }
  return found;
}

/** Where the files come from. */
export function source(form: PublishForm, folders: Folders): Source {
  const scope = form.entry === FOLDER ? 'folder' : form.scope;
  return { kind: 'files', root: onDisk(folders, form.folder), entry: form.entry, scope };
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
export function published(mine: readonly Dashboard[], target: Target, folders: Folders): Dashboard | null {
  const root = onDisk(folders, target.folder);
  const matches = mine.filter(
    ({ source: from }) =>
      from !== null &&
      onDisk({ ...folders, root: from.root }, '') === root &&
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
