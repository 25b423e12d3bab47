import { setTimeout as wait } from 'node:timers/promises';

import type { TSchema } from 'typebox';

import { ServiceError } from '../errors';
import { isGoing } from './claim';
import type { KubernetesClient, Patience } from './cluster/client';
import { Refused } from './cluster/failures';
import { CLAIMS, SNAPSHOTS, type Kind, type Metadata } from './cluster/objects';
import type { Names } from './names';
import type { VersionVolume } from './volumes';

/** What is made for a version. */
export type Made = typeof CLAIMS | typeof SNAPSHOTS;

export interface RemovalOptions {
  client: KubernetesClient;
  names: Names;
}

const LOOK_AGAIN_MS = 200;

/** Deletes the claims and snapshots of this service, or of one of its dashboards, that are not wanted. */
export async function removeUnless(
  { client, names }: RemovalOptions,
  dashboardId: string | undefined,
  isWanted: (made: Metadata) => boolean
): Promise<void> {
  const labels = names.selector(dashboardId);
  const claims = await client.list(CLAIMS, { labels });
  const snapshots = await listedSnapshots(client, labels);
  await removeAll(client, CLAIMS, claims, isWanted);
  await removeAll(client, SNAPSHOTS, snapshots, isWanted);
}

/** Deletes what was made for a version by a build. What somebody else has put there is not ours to delete. */
export async function removeMade(
  { client, names }: RemovalOptions,
  kind: Made,
  version: VersionVolume,
  patience?: Patience
): Promise<void> {
  const made = await client.get<Made['schema']>(kind, names.of(version), patience);
  if (made && !isGoing(made) && names.isOf(version, made.metadata)) {
    await client.delete(kind, made.metadata, patience);
  }
}

/** Waits until it is gone, which others see to: before that its source cannot go. What takes too long is not waited for. */
export async function untilGone(
  { client, names }: RemovalOptions,
  kind: Made,
  version: VersionVolume,
  patience: Patience
): Promise<void> {
  const until = performance.now() + patience.for;
  while (performance.now() < until) {
    const made = await client.get<Made['schema']>(kind, names.of(version), patience);
    if (!made || !names.isOf(version, made.metadata)) {
      return;
    }
    await wait(LOOK_AGAIN_MS);
  }
}

async function removeAll<T extends { metadata: Metadata }>(
  client: KubernetesClient,
  kind: Kind<TSchema>,
  made: readonly T[],
  isWanted: (made: Metadata) => boolean
): Promise<void> {
  for (const one of made) {
    if (!isGoing(one) && !isWanted(one.metadata)) {
      await client.delete(kind, one.metadata);
    }
  }
}

/** Who may not look for snapshots, or has no such type, has made none. */
async function listedSnapshots(client: KubernetesClient, labels: string): Promise<{ metadata: Metadata }[]> {
  try {
    return await client.list(SNAPSHOTS, { labels });
  } catch (error) {
    if (error instanceof Refused || (error instanceof ServiceError && error.code === 'kubernetes_forbidden')) {
      return [];
    }
    throw error;
  }
}
