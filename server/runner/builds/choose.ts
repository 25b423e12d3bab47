import path from 'node:path';

import type { BuildJob, FrameworkId, Selection } from '../../contract';
import { expandHome } from '../../files/home';
import { readEntry } from '../../files/read-entry';
import { readFolder } from '../../files/read-folder';
import { detect, detectFolder, FOLDER, frameworkOf, type Entry } from '../../frameworks';
import { ProblemError } from '../../problem-error';

interface Wish extends Pick<Extract<BuildJob, { kind: 'publish' }>, 'framework' | 'command'> {
  source: Selection;
}

/** How a version will be run. */
export interface Choice {
  framework: FrameworkId;
  /** In a sentence. */
  reason: string;
  /** Its entry found out, where that was left open. */
  source: Selection;
}

/**
 * Finds out what a version is started with and by which framework, unless its author has said so.
 *
 * @param allowed - frameworks that this hub offers; undefined: all.
 * @throws ProblemError `framework_unknown`, `entry_missing`, `file_missing`, `folder_not_readable` or `links_leave_folder`
 */
export function choose(wish: Wish, home: string, allowed?: readonly FrameworkId[]): Choice {
  const choice = wish.source.entry === FOLDER ? chooseInFolder(wish, home) : chooseForFile(wish, home);
  if (allowed && !allowed.includes(choice.framework)) {
    const offered = allowed.map(id => frameworkOf(id).title).join(', ');
    throw new ProblemError('framework_unknown', `This hub does not offer ${frameworkOf(choice.framework).title}.`, {
      fix: `${choice.reason}. Publish one of those that it offers: ${offered}; or ask its administrator for more.`
    });
  }
  return choice;
}

function chooseForFile({ source, framework, command }: Wish, home: string): Choice {
  const text = readEntry(source, home);
  const detected = detect({ path: source.entry, text });
  if (framework) {
    const same = detected?.framework === framework;
    return { framework, reason: same ? detected.reason : 'The author chose it', source };
  }
  if (command !== null) {
    return { framework: 'command', reason: 'The author gave a command line', source };
  }
  if (!detected || detected.framework === 'command') {
    const suggestion = detected?.command ? ` For this file it may be: ${detected.command}` : '';
    throw new ProblemError('framework_unknown', `It is not clear how to run ${source.entry}.`, {
      fix: `Choose a framework, or give the command line that starts the app.${suggestion}`
    });
  }
  return { framework: detected.framework, reason: detected.reason, source };
}

function chooseInFolder({ source, framework, command }: Wish, home: string): Choice {
  if (framework === 'command' || command !== null) {
    return { framework: 'command', reason: 'The author gave a command line', source: { ...source, scope: 'folder' } };
  }
  const folder = expandHome(source.root, home);
  const { choice, entries } = detectFolder(readFolder(folder), framework);
  if (!choice) {
    throw entryMissing(path.basename(folder), framework, entries);
  }
  const { entry, reason } = choice;
  const scope = entry === FOLDER ? 'folder' : source.scope;
  return { framework: choice.framework, reason, source: { ...source, entry, scope } };
}

/** What a person may look for in vain, and in a folder finds too much of. */
function entryMissing(folder: string, framework: FrameworkId | null, entries: readonly Entry[]): ProblemError {
  if (entries.length > 0) {
    const names = entries.map(({ entry, framework: id }) => `${entry} (${frameworkOf(id).title})`).join(', ');
    return new ProblemError('entry_missing', `The folder ${folder} has several files that it could be started with.`, {
      fix: `Choose one of them, or rename it to app.py, app.ipynb or index.html, then publish again. There are: ${names}.`
    });
  }
  const what = framework ? `that ${frameworkOf(framework).title} can start with` : 'that a dashboard can start with';
  return new ProblemError('entry_missing', `The folder ${folder} holds no file ${what}.`, {
    fix:
      'Looked for, directly in the folder: a notebook; a Python script that uses Streamlit, Dash, Panel (.servable()) or ' +
      'Bokeh (curdoc()); a web page index.html. Add one, or choose a file and how it is run, then publish again.'
  });
}
