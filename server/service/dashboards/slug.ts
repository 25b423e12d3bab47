import anyAscii from 'any-ascii';

import { ServiceError } from '../errors';

const MAX_SLUG = 40;

/** The part of a link that a name becomes: `Umsätze 2026` -> `umsaetze-2026`. Never empty. */
export function slugify(name: string): string {
  const words = anyAscii(name.normalize('NFC'))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_SLUG)
    .replace(/^-+|-+$/g, '');
  return words || 'dashboard';
}

/** Slugs in the order in which they are tried: `sales`, `sales-alice`, `sales-alice-2`, … */
export function* slugCandidates(name: string, owner: string): Generator<string, never> {
  const slug = slugify(name);
  const ofOwner = `${slug}-${slugify(owner)}`;
  yield slug;
  yield ofOwner;
  for (let number = 2; ; number++) {
    yield `${ofOwner}-${number}`;
  }
}

/** Two names of one owner with the same key are the same name to people. */
export function nameKey(name: string): string {
  return name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
}

/** That its owner has another dashboard of this name. */
export function nameTaken(name: string): ServiceError {
  return new ServiceError(
    'name_taken',
    409,
    `You have a dashboard with the name "${name}" already.`,
    'Update that one instead, or choose another name.'
  );
}
