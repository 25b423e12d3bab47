import { createHash } from 'node:crypto';

import type { Clock } from '../clock';
import { remember } from '../remember';
import type { HubPeople, Identity } from './hub-people';

const TTL_MS = 4_000;
const MAX_ENTRIES = 10_000;
/** Dashboards go on while the Hub restarts: what it has said last counts that long. */
export const HUB_AWAY_MS = 10 * 60_000;

interface Entry {
  until: number;
  asked: Promise<Identity | null>;
  /** The last answer, and when it came. */
  last: { identity: Identity | null; at: number } | null;
}

export interface IdentityOptions {
  /** Asks the Hub in any case. */
  fresh?: boolean;
  /** An answer of this age will do while the Hub cannot be asked. */
  staleMs?: number;
}

/** Whose a token is, asked of the Hub at most every few seconds. Tokens are kept as hashes only. */
export interface Identities {
  /** @throws ServiceError `hub_unavailable` */
  of(token: string, options?: IdentityOptions): Promise<Identity | null>;
  /** Whether `of` asks the Hub nothing now. */
  remembers(token: string): boolean;
}

export function createIdentities(hub: HubPeople, clock: Clock): Identities {
  const entries = new Map<string, Entry>();

  const keyOf = (token: string) => createHash('sha256').update(token).digest('base64');
  const isRecent = (entry: Entry) => entry.until > clock();

  function ask(key: string, token: string): Entry {
    const entry: Entry = { until: clock() + TTL_MS, asked: hub.identity(token), last: entries.get(key)?.last ?? null };
    remember(entries, key, entry, MAX_ENTRIES);
    entry.asked.then(
      identity => void (entry.last = { identity, at: clock() }),
      // A Hub that did not answer is asked again by the next request.
      () => void (entry.until = 0)
    );
    return entry;
  }

  return {
    async of(token, { fresh = false, staleMs = 0 } = {}) {
      const key = keyOf(token);
      const known = entries.get(key);
      const entry = known && isRecent(known) && !fresh ? known : ask(key, token);
      try {
        return await entry.asked;
      } catch (error) {
        if (entry.last && entry.last.at + staleMs > clock()) {
          return entry.last.identity;
        }
        throw error;
      }
    },

    remembers(token) {
      const known = entries.get(keyOf(token));
      return known !== undefined && isRecent(known);
    }
  };
}
