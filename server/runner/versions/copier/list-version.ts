import { fstatSync } from 'node:fs';
import path from 'node:path';

import { withFile, withRoot } from '../../../files/anchor';
import { hashBytes } from '../../../files/chunks';
import { flush } from '../../../files/flush';
import { summaryOf } from '../../../files/manifest';
import { entryLeftOut, explained, FileKeepsChanging, tooLarge } from '../../../files/problems';
import { FOLDER } from '../../../frameworks/framework';
import { takeFolder, takeOneFile } from './contents';
import { writeManifest } from './copy-version';
import type { Copied, CopyOrder } from './order';
import { entryOf } from './take';
import type { Watch } from './watch';

/**
 * Writes `<target>/manifest.jsonl` of files that stay where they are, since nobody changes them there; it is on the disk
 * when this returns.
 *
 * @param from - where their author has them: what is left out depends on it.
 * @throws ProblemError, Stopped
 */
export function listVersion(order: CopyOrder, from: string, watch: Watch): Copied {
  const { source, target, limits, home } = order;
  const done = { files: 0, bytes: 0 };
  const list = (at: string, parent: number, name: string) =>
    withFile(parent, name, file => {
      watch.check();
      const stat = fstatSync(file, { bigint: true });
      if (!stat.isFile()) {
        throw new FileKeepsChanging(at);
      }
      if (done.files >= limits.files || done.bytes + Number(stat.size) > limits.bytes) {
        throw tooLarge(limits);
      }
      const entry = entryOf(at, stat, hashBytes(file, Number(stat.size), watch.check));
      done.files += 1;
      done.bytes += entry.size;
      watch.progress(done);
      return entry;
    });
  const startedAt = Date.now();
  try {
    const { entries, warnings } = withRoot(source.root, folder =>
      source.scope === 'file'
        ? takeOneFile(folder, source.entry, null, list)
        : takeFolder(folder, { rootPath: from, home, target: null }, list)
    );
    if (source.entry !== FOLDER && !entries.some(({ kind, path: at }) => kind === 'file' && at === source.entry)) {
      throw entryLeftOut(source.entry);
    }
    const summary = summaryOf(order.version, startedAt, entries);
    const manifest = path.join(target, 'manifest.jsonl');
    writeManifest(manifest, { summary, entries });
    watch.check();
    flush(target, [manifest, target]);
    return { manifest: summary, warnings, added: { files: 0, bytes: 0 } };
  } catch (error) {
    throw explained(error, from);
  }
}
