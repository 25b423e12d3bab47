import { createHash } from 'node:crypto';

import type { PublishRequest } from '../../contract';
import { ServiceError } from '../errors';

/** For how long a key stands for the request that came with it. */
export const KEY_MS = 24 * 3_600_000;
/** Keys of one person that are kept; the oldest go first. */
export const KEYS_EACH = 1_000;

/** A request to publish that was carried out, under the key that came with it. */
export interface KeyedPublish {
  owner: string;
  key: string;
  bodyHash: string;
  dashboardId: string;
  buildId: string;
  at: number;
}

/** Where they are kept. They are written by `DashboardStore.create`, in the transaction that carries them out. */
export interface KeyStore {
  find(owner: string, key: string, since: number): Promise<KeyedPublish | null>;
  forget(before: number): Promise<void>;
}

/** The same for two bodies that say the same, whatever the order of their fields. */
export function bodyHash(request: PublishRequest): string {
  return createHash('sha256').update(JSON.stringify(request, sorted)).digest('base64url');
}

function sorted(_key: string, value: unknown): unknown {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
}

/** @throws ServiceError `idempotency_key_reused` if the key came with another body */
export function checkSameBody(known: KeyedPublish, hash: string): KeyedPublish {
  if (known.bodyHash !== hash) {
    throw new ServiceError(
      'idempotency_key_reused',
      422,
      'This Idempotency-Key has come with another request already.',
      'Send a new key for a new request, and the old one only to repeat the very same request.'
    );
  }
  return known;
}
