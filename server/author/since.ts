import type { PlanRequest } from '../contract';
import { readManifest } from '../files/read-manifest';
import { placesOf } from '../files/places';
import { Changes } from './changes';

/**
 * What files are compared with, once for each time that they are looked at. Nothing where the version is not to be seen
 * from here, as where dashboards have homes of their own.
 */
export function readSince(home: string, since: PlanRequest['since']): () => Changes | null {
  if (since === undefined) {
    return () => null;
  }
  const manifest = readManifest(placesOf(home, since.dashboard).manifest(since.version));
  return () => manifest && new Changes(since.version, manifest.entries);
}
