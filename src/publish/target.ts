import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';

import { canStartFolder, detect, detectFolder, type SourceFile } from '../../server/frameworks';
import { isPublishable } from './files';
import type { Candidate, Target } from './form';

/** A file above this size is recognised by the runner instead of being sent to the browser first. */
const LARGEST_READ_BYTES = 20 * 1024 * 1024;

/** As many files of a folder are offered as its entry. */
const MOST_CANDIDATES = 50;

/** Find out what a click on `path` (a contents path, with or without a drive) can publish. */
export async function inspect(contents: Contents.IManager, path: string): Promise<Target> {
  const drive = contents.driveName(path);
  const model = await contents.get(path, { content: false });
  if (model.type === 'directory') {
    return inspectFolder(contents, path);
  }
  const local = contents.localPath(path);
  const entry = PathExt.basename(local);
  const text = await read(contents, path, model.size ?? 0);
  return {
    folder: PathExt.dirname(local),
    candidates: [candidate(entry, text)],
    wholeFolder: false,
    drive
  };
}

async function inspectFolder(contents: Contents.IManager, path: string): Promise<Target> {
  const listing = await contents.get(path, { content: true });
  const children = (listing.content as Contents.IModel[]).filter(child => child.type !== 'directory');
  const offered = children
    .filter(child => isPublishable(child.name))
    .sort((a, b) => a.name.localeCompare(b.name))
    .slice(0, MOST_CANDIDATES);
  const texts = await Promise.all(offered.map(child => read(contents, child.path, child.size ?? 0)));
  const files = offered.map((child, i) => ({ path: child.name, text: texts[i] ?? null }));
  const known = files.filter((file): file is SourceFile => file.text !== null && canStartFolder(file.path));
  const { choice } = detectFolder(known);
  const others = byCertainty(files.map(({ path: name, text }) => candidate(name, text)));
  return {
    folder: contents.localPath(path),
    // What the folder is started with first, then what else it could be.
    candidates: choice
      ? [{ entry: choice.entry, detection: choice }, ...others.filter(({ entry }) => entry !== choice.entry)]
      : others,
    wholeFolder: true,
    drive: contents.driveName(path)
  };
}

/** What is recognised most surely first. */
function byCertainty(candidates: readonly Candidate[]): Candidate[] {
  const rank = ({ detection }: Candidate) => (detection === null ? 2 : detection.confidence === 'certain' ? 0 : 1);
  return [...candidates].sort((a, b) => rank(a) - rank(b));
}

function candidate(entry: string, text: string | null): Candidate {
  return { entry, detection: text === null ? null : detect({ path: entry, text }) };
}

/** Text of a file; null if it is too large, or no text. */
async function read(contents: Contents.IManager, path: string, size: number): Promise<string | null> {
  if (size > LARGEST_READ_BYTES) {
    return null;
  }
  try {
    const model = await contents.get(path, { type: 'file', format: 'text', content: true });
    return typeof model.content === 'string' ? model.content : null;
  } catch {
    // Not readable as text: the person chooses how it is run, or the build says what is wrong with the file.
    return null;
  }
}
