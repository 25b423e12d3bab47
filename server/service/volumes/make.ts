import { ServiceError } from '../errors';
import { claimFor, isBound, isGoing, sourceOf, wasProvisioned, type Content } from './claim';
import type { CloneStrategy } from './clone-strategy';
import { CLAIMS, SNAPSHOTS, type Claim } from './cluster/objects';
import { calledOff, failed, notTaken } from './failures';
import { finalError, reasonsOf } from './reasons';
import { removeMade } from './removal';
import { snapshotFor, type SnapshotOptions } from './snapshots';
import type { MadeVolume, Progress, VersionVolume, VolumeFolder } from './volumes';
import { startWaiting, type Waiting } from './waiting';

export interface MakeOptions extends SnapshotOptions {
  /** In milliseconds, for all that a version takes. */
  limitMs: number;
}

/** Makes the claim of a version, or goes on with the one that is there, until its volume is. */
export async function makeClaim(
  options: MakeOptions,
  version: VersionVolume,
  from: VolumeFolder,
  how: CloneStrategy,
  progress: Progress
): Promise<MadeVolume> {
  const waiting = startWaiting(from.claim, options.limitMs, progress);
  try {
    progress.signal.throwIfAborted();
    return await untilBound(options, version, from, how, waiting);
  } catch (error) {
    throw progress.signal.aborted && !(error instanceof ServiceError) ? calledOff() : error;
  }
}

async function untilBound(
  options: MakeOptions,
  version: VersionVolume,
  from: VolumeFolder,
  how: CloneStrategy,
  waiting: Waiting
): Promise<MadeVolume> {
  const { client, names } = options;
  const name = names.of(version);
  let begun = false;
  for (let reason: string | null = null; ;) {
    const claim = await client.get(CLAIMS, name, waiting.patience);
    if (!claim && begun) {
      throw failed(`The claim ${name} was deleted while its volume was made.`);
    }
    if (!claim) {
      await create(options, version, from, how, waiting);
      continue;
    }
    if (!names.isOf(version, claim.metadata)) {
      throw failed(`There is a claim ${name} that was not made for this version.`);
    }
    // One that an earlier attempt gave up has to be gone before there can be another.
    if (!isGoing(claim)) {
      begun = true;
      const size = claim.spec.resources?.requests?.storage;
      const made = { claim: name, size: size ?? null };
      if (isBound(claim)) {
        assertOwn(claim);
        if (how === 'volume-snapshot') {
          await removeMade(options, SNAPSHOTS, version, waiting.patience);
        }
        waiting.say(`The volume ${from.claim} is cloned (${size}, ${waiting.seconds} s)`);
        return made;
      }
      const reasons = await reasonsOf(client, claim.metadata.uid, waiting.patience);
      if (reasons.waitsForPod && from.node === null) {
        waiting.say(`The volume ${from.claim} will be cloned where the dashboard’s server starts`);
        return made;
      }
      reason = reasons.last;
      const final = reason === null ? null : finalError(from.claim, reason);
      if (final) {
        throw final;
      }
      if (how === 'clone') {
        await sourceOf(client, from.claim, waiting.patience);
      }
    }
    await waiting.moment(reason);
  }
}

async function create(
  options: MakeOptions,
  version: VersionVolume,
  from: VolumeFolder,
  how: CloneStrategy,
  waiting: Waiting
): Promise<void> {
  const { client, names } = options;
  const source = await sourceOf(client, from.claim, waiting.patience);
  waiting.say(`Cloning the volume ${from.claim}`);
  let content: Content = { claim: from.claim };
  if (how === 'volume-snapshot') {
    const { metadata, status } = await snapshotFor(options, version, from.claim, waiting);
    content = { snapshot: metadata.name, size: status?.restoreSize };
  }
  const made = await client
    .create(CLAIMS, claimFor(names, version, source, from, content), waiting.patience)
    .catch((error: unknown) => {
      throw notTaken(error, 'claim');
    });
  // A server that does not know a source leaves it out, and makes an empty volume.
  if (made && !made.spec.dataSource) {
    throw failed('The cluster makes no volumes with the content of others.');
  }
}

function assertOwn(claim: Claim): void {
  if (!claim.spec.dataSource || !wasProvisioned(claim)) {
    throw failed(
      `The claim ${claim.metadata.name} was given the volume ${claim.spec.volumeName ?? ''}, which was there before.`,
      'Tell the administrator of this hub: no volume without a claim may have the storage class of users’ homes.'
    );
  }
}
