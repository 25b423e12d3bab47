import { closeSync, fstatSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { withRoot } from '../../../files/anchor';
import { expandHome } from '../../../files/home';
import { manifestLines, summaryOf, type Manifest } from '../../../files/manifest';
import { FOLDER } from '../../../frameworks/framework';
import { placesIn } from '../../../files/places';
import { takeFolder, takeOneFile, type Contents } from './contents';
import { EarlierFiles } from './earlier';
import { flush } from '../../../files/flush';
import { Hashing, type HashDesk } from './hashing';
import type { Copied, CopyOrder } from './order';
import { entryLeftOut, explained, FileKeepsChanging, keepChanging, tooLarge } from '../../../files/problems';
import { createTake, type Take, type Taking } from './take';
import { keepTimeAt } from '../../../files/times';
import type { Watch } from './watch';

/** How much of the manifest is written at once, in characters. */
const AT_ONCE = 1 << 16;

/**
 * Fills `<target>/files` and writes `<target>/manifest.jsonl`; both are on the disk when it returns. What a failure leaves
 * there is for the caller to remove.
 *
 * @param desk - where another thread hashes what is copied, if there is one.
 * @param create - makes what takes each file; another one for tests of its failures.
 * @throws ProblemError, Stopped
 */
export function copyVersion(
  order: CopyOrder,
  watch: Watch,
  desk: HashDesk | null,
  create: (taking: Taking) => Take = createTake
): Copied {
  const { source, target } = order;
  const files = path.join(target, 'files');
  const startedAt = Date.now();
  try {
    const hashing = new Hashing(desk);
    const { contents, written, added, root } = takeAll(order, files, watch, taking =>
      create({ ...taking, hash: (entry, file) => hashing.add(entry, file) })
    );
    const { entries, warnings } = contents;
    if (source.entry !== FOLDER && !entries.some(({ kind, path: at }) => kind === 'file' && at === source.entry)) {
      throw entryLeftOut(source.entry);
    }
    finish(files, contents, root);
    hashing.finish(watch.check);
    const summary = summaryOf(order.version, startedAt, entries);
    const manifest = path.join(target, 'manifest.jsonl');
    writeManifest(manifest, { summary, entries });
    watch.check();
    const folders = entries.filter(({ kind }) => kind === 'folder').map(folder => path.join(files, folder.path));
    flush(target, [...written.map(at => path.join(files, at)), manifest, ...folders, files, target]);
    return { manifest: summary, warnings, added };
  } catch (error) {
    throw explained(error, source.root);
  }
}

/** Everything but the links, which are made when it is known that none leads out of the folder. */
function takeAll(order: CopyOrder, files: string, watch: Watch, create: (taking: Omit<Taking, 'hash'>) => Take) {
  const { source, home, limits } = order;
  const done = { files: 0, bytes: 0 };
  const added = { files: 0, bytes: 0 };
  const written: string[] = [];
  const changing: string[] = [];
  const expect = (bytes: number) => {
    if (done.files >= limits.files || done.bytes + bytes > limits.bytes) {
      throw tooLarge(limits);
    }
  };
  const earlier = new EarlierFiles(placesIn(order.dashboard), order.earlier);
  const take = create({ files, earlier, own: order.own, expect, check: watch.check });
  const takeFile = (at: string, parent: number, name: string) => {
    try {
      const { entry, how } = take(at, parent, name);
      expect(entry.size);
      count(done, entry.size);
      if (how !== 'shared') {
        written.push(at);
      }
      if (how === 'copied') {
        count(added, entry.size);
      }
      watch.progress(done);
      return entry;
    } catch (error) {
      if (!(error instanceof FileKeepsChanging)) {
        // That the one file is not there means something else than that one of many has gone.
        throw source.scope === 'file' ? error : explained(error, source.root, at);
      }
      changing.push(at);
      return null;
    }
  };
  const rootPath = expandHome(source.root, home);
  return withRoot(rootPath, folder => {
    const contents =
      source.scope === 'file'
        ? takeOneFile(folder, source.entry, files, takeFile)
        : takeFolder(folder, { rootPath, home, target: files }, takeFile);
    if (changing.length > 0) {
      throw keepChanging(changing);
    }
    return { contents, written, added, root: fstatSync(folder, { bigint: true }).mtimeNs };
  });
}

function count(sum: { files: number; bytes: number }, bytes: number): void {
  sum.files += 1;
  sum.bytes += bytes;
}

/** Makes the links, then sets the times of the folders, which everything made in them has changed: the deepest first. */
function finish(files: string, { entries }: Contents, root: bigint): void {
  for (const entry of entries.toReversed()) {
    if (entry.kind === 'link') {
      const at = path.join(files, entry.path);
      symlinkSync(entry.target, at);
      keepTimeAt(at, BigInt(entry.mtime));
    }
  }
  for (const entry of entries.toReversed()) {
    if (entry.kind === 'folder') {
      keepTimeAt(path.join(files, entry.path), BigInt(entry.mtime));
    }
  }
  keepTimeAt(files, root);
}

export function writeManifest(file: string, manifest: Manifest): void {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    let text = '';
    for (const line of manifestLines(manifest)) {
      text += line;
      if (text.length >= AT_ONCE) {
        writeFileSync(descriptor, text);
        text = '';
      }
    }
    writeFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}
