import { chmodSync, existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

import type { MountedVolume } from './volumes';

const PERMISSIONS = 0o7777;

/**
 * The place below a volume that a `subPath` names. As with the real kubelet, it is made if it is not there, with the mode of
 * the volume (but not the folders that lead to it), and links may not lead out of the volume.
 */
export function subPath(volume: MountedVolume, below: string): string {
  if (below.startsWith('/') || below.split('/').includes('..')) {
    throw new Error(`subPath ${JSON.stringify(below)} has to be below the volume`);
  }
  const path = join(volume.path, below);
  // What is not there has no links in it, but the way to it may have some.
  assertInside(volume, nearest(path));
  if (!existsSync(path)) {
    mkdirSync(path, { recursive: true });
    chmodSync(path, statSync(volume.path).mode & PERMISSIONS);
  }
  return assertInside(volume, path);
}

function nearest(path: string): string {
  return existsSync(path) ? path : nearest(dirname(path));
}

function assertInside(volume: MountedVolume, path: string): string {
  const root = realpathSync(volume.path);
  const real = realpathSync(path);
  if (real !== root && !real.startsWith(root + sep)) {
    throw new Error(`subPath ${JSON.stringify(path.slice(volume.path.length + 1))} leads out of its volume`);
  }
  return real;
}
