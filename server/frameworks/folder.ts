import type { FrameworkId } from '../contract';

import { detect, type Detection } from './detect';
import { FOLDER, type SourceFile } from './framework';
import { frameworkOf } from './catalogue';
import { pythonImports } from './python-source';

/** A file that a folder can be started with, and why. */
export interface Entry extends Detection {
  /** Name of the file; `.` for the folder itself. */
  entry: string;
}

export interface FolderDetection {
  /** What the folder is started with; null if a person has to say. */
  choice: Entry | null;
  /** Everything that it could be started with, the choice first. */
  entries: readonly Entry[];
}

/** Names of the file that a folder is usually started with, the surest first. */
const USUAL = [
  ...['index.ipynb', 'app.ipynb', 'dashboard.ipynb'],
  ...['index.py', 'app.py', 'streamlit_app.py', 'dashboard.py', 'main.py']
];
const INDEX_PAGE = 'index.html';
/** Those that serve several files of one folder. */
const SIDE_BY_SIDE: readonly FrameworkId[] = ['bokeh', 'panel', 'voila'];

/** Kinds of files that can be what a folder is started with. */
export function canStartFolder(name: string): boolean {
  return !name.startsWith('.') && /\.(?:ipynb|py|html?)$/i.test(name);
}

/**
 * What to start a folder with: a file of a usual name; else the only script; else all scripts, where their framework
 * serves several side by side; else the web page `index.html`; else its notebooks; else its only web page.
 *
 * @param files - those directly in the folder for which `canStartFolder` holds. The text of web pages is not looked at.
 * @param framework - looks for this framework alone.
 */
export function detectFolder(files: readonly SourceFile[], framework: FrameworkId | null = null): FolderDetection {
  const entries = candidates(files, framework);
  const choice = choose(entries);
  return { choice, entries: choice ? [choice, ...entries.filter(({ entry }) => entry !== choice.entry)] : entries };
}

/** Names of the files that a folder of several apps of one framework serves. */
export function folderApps(files: readonly SourceFile[], framework: FrameworkId): string[] {
  return candidates(files, framework).map(({ entry }) => entry);
}

function candidates(files: readonly SourceFile[], framework: FrameworkId | null): Entry[] {
  const helpers = new Set(files.filter(isScript).flatMap(file => pythonImports(file.text).map(({ module }) => module)));
  return [...files]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .filter(({ path }) => !helpers.has(path.replace(/\.py$/i, '')))
    .flatMap(file => {
      const detection = detect(file);
      const wanted = detection?.confidence === 'certain' && (framework === null || framework === detection.framework);
      return wanted ? [{ entry: file.path, ...detection }] : [];
    });
}

function isScript({ path }: SourceFile): boolean {
  return path.toLowerCase().endsWith('.py');
}

function choose(entries: readonly Entry[]): Entry | null {
  const usual = USUAL.flatMap(name => entries.filter(({ entry }) => entry.toLowerCase() === name))[0];
  if (usual) {
    return entries.length === 1
      ? usual
      : { ...usual, reason: `${usual.reason}, and a file of that name is what a folder usually starts with` };
  }
  const scripts = entries.filter(({ entry }) => /\.py$/i.test(entry));
  if (scripts.length > 0) {
    return scripts.length === 1 ? (scripts[0] ?? null) : sideBySide(scripts);
  }
  const page = entries.find(({ entry }) => entry === INDEX_PAGE);
  if (page) {
    return { ...page, entry: FOLDER, reason: `the folder holds ${INDEX_PAGE}` };
  }
  const notebooks = entries.filter(({ entry }) => /\.ipynb$/i.test(entry));
  if (notebooks.length > 0) {
    return notebooks.length === 1 ? (notebooks[0] ?? null) : sideBySide(notebooks);
  }
  return entries.length === 1 ? (entries[0] ?? null) : null;
}

/** Several apps as one dashboard with a list of them, where one framework can serve them all. */
function sideBySide(apps: readonly Entry[]): Entry | null {
  const framework = SIDE_BY_SIDE.find(id => apps.every(app => app.framework === id));
  if (!framework) {
    return null;
  }
  const what = framework === 'voila' ? 'notebooks' : `${frameworkOf(framework).title} apps`;
  const names = apps.slice(0, 3).map(({ entry }) => entry);
  const more = apps.length > names.length ? ', …' : '';
  const reason = `the folder holds ${apps.length} ${what} (${names.join(', ')}${more})`;
  return { framework, entry: FOLDER, confidence: 'certain', reason };
}
