import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';

import { detect, detectFolder } from '../../server/frameworks';
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
  const names = children.map(child => child.name);
  const usual = detectFolder(names);
  // The usual entry first, then the others by name.
  const offered = children
    .filter(child => isPublishable(child.name))
    .sort((a, b) => Number(b.name === usual) - Number(a.name === usual) || a.name.localeCompare(b.name))
    .slice(0, MOST_CANDIDATES);
  const candidates = await Promise.all(
    offered.map(async child => candidate(child.name, await read(contents, child.path, child.size ?? 0)))
  );
  return {
    folder: contents.localPath(path),
    candidates: usual === null ? byCertainty(candidates) : candidates,
    wholeFolder: true,
    drive: contents.driveName(path)
  };
}

/** Where names alone do not tell, what the files hold does. */
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
