import { createHash } from 'node:crypto';

import type { Clock } from '../clock';
import type { HubPeople, Identity } from './hub-people';

const MAX_ENTRIES = 10_000;

interface Entry {
  until: number;
  identity: Promise<Identity | null>;
}

/** Whose a token is, asked of the Hub at most every `ttlMs`. Tokens are kept as hashes only. */
export interface Identities {
  of(token: string, options?: { fresh?: boolean }): Promise<Identity | null>;
}

export function createIdentities(hub: HubPeople, clock: Clock, ttlMs = 5_000): Identities {
  const entries = new Map<string, Entry>();
  return {
    of(token, { fresh = false } = {}) {
      const key = createHash('sha256').update(token).digest('base64');
      const now = clock();
      const known = entries.get(key);
      if (known && known.until > now && !fresh) {
        return known.identity;
      }
      const identity = hub.identity(token);
      const entry = { until: now + ttlMs, identity };
      // Re-inserted at the end, so that the first entries are the oldest ones.
      entries.delete(key);
      entries.set(key, entry);
      for (const [other, { until }] of entries) {
        if (until > now && entries.size <= MAX_ENTRIES) {
          break;
        }
        entries.delete(other);
      }
      // A Hub that did not answer is asked again by the next request.
      identity.catch(() => entries.get(key) === entry && entries.delete(key));
      return identity;
    }
  };
}
