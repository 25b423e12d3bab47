import { hash, randomBytes } from 'node:crypto';

import type { TicketClaims } from '../../contract';
import type { Clock } from '../clock';

/** A viewer's right at this runner. */
export interface Session {
  /** The ticket's id: how the service knows the session. */
  id: string;
  viewer: TicketClaims['viewer'];
  /** When the service last confirmed it. An older word than `FRESH` is asked for anew while the service answers. */
  confirmedAt: number;
  /** Until then it stands while the service does not answer. */
  leaseUntil: number;
  /** The end, whatever the service says. */
  expiresAt: number;
  createdAt: number;
  /** Time of the last request; null until the browser has shown its cookie once. */
  usedAt: number | null;
}

/** A viewer who lost the right to look is out after this time, also one who comes back to a page left open. */
export const FRESH = 5_000;
export const LEASE = 60_000;
const LIFETIME = 12 * 3_600_000;
const LIMIT = 10_000;
/** The sessions of one start. Holds hashes of the cookies, never the cookies. */
export class Sessions {
  readonly #byHash = new Map<string, Session>();
  readonly #hashes = new Map<string, string>();

  constructor(
    private readonly clock: Clock,
    private readonly limit = LIMIT
  ) {}

  /** Begins the session that a ticket stands for; the result is the cookie's value. */
  begin(claims: Pick<TicketClaims, 'id' | 'viewer'>): { session: Session; secret: string } {
    if (this.#byHash.size >= this.limit) {
      this.#evict();
    }
    const now = this.clock.now();
    const secret = randomBytes(32).toString('base64url');
    const session: Session = {
      id: claims.id,
      viewer: claims.viewer,
      confirmedAt: now,
      leaseUntil: now + LEASE,
      expiresAt: now + LIFETIME,
      createdAt: now,
      usedAt: null
    };
    const hash = hashOf(secret);
    this.#byHash.set(hash, session);
    this.#hashes.set(session.id, hash);
    return { session, secret };
  }

  /** The session of the first of `secrets` that has one: another page of the origin may have planted cookies of this name. */
  find(secrets: readonly string[]): Session | null {
    for (const secret of secrets) {
      const session = this.#byHash.get(hashOf(secret));
      if (session !== undefined && session.expiresAt > this.clock.now()) {
        return session;
      }
    }
    return null;
  }

  /** The session with this id, if it has not ended. */
  get(id: string): Session | null {
    return this.#byHash.get(this.#hashes.get(id) ?? '') ?? null;
  }

  end(id: string): void {
    this.#byHash.delete(this.#hashes.get(id) ?? '');
    this.#hashes.delete(id);
  }

  all(): Session[] {
    return [...this.#byHash.values()];
  }

  #evict(): void {
    const oldest = this.all().reduce((one, other) => (lastSeen(other) < lastSeen(one) ? other : one));
    this.end(oldest.id);
  }
}

function lastSeen(session: Session): number {
  return session.usedAt ?? session.createdAt;
}

function hashOf(secret: string): string {
  return hash('sha256', secret, 'base64url');
}
