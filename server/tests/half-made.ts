import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Places } from '../files/places';
import { readManifest } from '../files/read-manifest';
import { EDITION_FILES } from './edition';

/** Versions of editions, from version `first` on, that have their name and are not whole, with what is wrong with each. */
export function halfMade(places: Places, first: number): string[] {
  return readdirSync(places.versions)
    .filter(name => /^\d+$/.test(name) && Number(name) >= first)
    .flatMap(name => {
      const fault = faultOf(places, Number(name));
      // It may have been removed meanwhile, which takes its name first.
      return fault && existsSync(places.version(Number(name))) ? [`${name}: ${fault}`] : [];
    });
}

function faultOf(places: Places, n: number): string | null {
  const manifest = readManifest(places.manifest(n));
  const files = places.files(n);
  if (manifest === null || !existsSync(files)) {
    return manifest === null ? 'no manifest' : 'no files';
  }
  if (lstatSync(files).isSymbolicLink()) {
    return null;
  }
  const listed = manifest.entries.filter(entry => entry.kind === 'file');
  if (listed.length !== EDITION_FILES) {
    return `${listed.length} files`;
  }
  const damaged = listed.find(({ path, sha256 }) => hashOf(join(files, path)) !== sha256);
  return damaged ? `${damaged.path} is not as listed` : null;
}

function hashOf(file: string): string {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch {
    return 'none';
  }
}
