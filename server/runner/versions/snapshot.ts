import { lstatSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import type { Selection } from '../../contract';
import type { ManifestSummary } from '../../files/manifest';
import type { CopyOrder, Copied, Progress } from './copier/order';
import type { Limits } from '../../files/limits';
import { explained } from '../../files/problems';
import { runCopier } from './copier/run';
import { makeVersion } from './make-version';
import type { Places } from '../../files/places';
import { versionsOnDisk } from './remove';

export interface SnapshotInput {
  places: Places;
  home: string;
  version: number;
  /** Root absolute, or from the home folder (`~/…`). */
  source: Selection;
  /** Whether the root belongs to the store, so that its files may become part of the version themselves. */
  own?: boolean;
  signal: AbortSignal;
  limits: Limits;
  /** Looks at the version before it gets its name, by its manifest and the file of that; throws to refuse it. */
  check?(made: ManifestSummary, manifest: string): Promise<void>;
  /** Told now and then. */
  progress(copied: Progress): void;
  /** Another copier, for tests of its failures. */
  copier?: typeof runCopier;
}

export type Snapshot = Copied;

/**
 * Copies the author's files to `versions/<n>/files`, whole or not at all: everything is made under another name, put on
 * the disk and then renamed.
 *
 * @throws ProblemError
 */
export async function takeSnapshot(input: SnapshotInput): Promise<Snapshot> {
  const { places, version, source } = input;
  try {
    return await makeVersion(places, version, async temporary => {
      await mkdir(path.join(temporary, 'files'), { mode: 0o700 });
      const order: CopyOrder = {
        dashboard: places.dashboard,
        version,
        earlier: await earlierThan(places, version),
        target: temporary,
        home: input.home,
        source: { root: source.root, entry: source.entry, scope: source.scope },
        own: input.own ?? false,
        limits: input.limits
      };
      const copied = await (input.copier ?? runCopier)(order, input.signal, input.progress);
      input.signal.throwIfAborted();
      await input.check?.(copied.manifest, path.join(temporary, 'manifest.jsonl'));
      return copied;
    });
  } catch (error) {
    throw explained(error, source.root);
  }
}

/** The newest version besides this one that has files of its own on this disk. */
async function earlierThan(places: Places, version: number): Promise<number | null> {
  const hasFiles = (n: number) => !lstatSync(places.files(n), { throwIfNoEntry: false })?.isSymbolicLink();
  return (await versionsOnDisk(places)).findLast(n => n !== version && hasFiles(n)) ?? null;
}
