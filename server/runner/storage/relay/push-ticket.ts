import { createPublicKey, type KeyObject } from 'node:crypto';

import { PUSH_PATIENCE_MS, PushClaims } from '../../../contract/relay';
import type { Clock } from '../../clock';
import { signedClaims } from '../../signed-claims';

/** How far the clocks of the service and of this machine may differ. */
const SKEW = 5_000;
/** The service gives ten minutes. */
const LONGEST = 15 * 60_000;
const MAX_LENGTH = 4_000;

/** Why a push ticket is worth nothing. For logs and tests. */
export type PushTicketFault = 'malformed' | 'signature' | 'other_dashboard' | 'expired' | 'early';

/** What push tickets for this start look like. */
export interface PushTicketRules {
  /** base64url of the 32 bytes of an Ed25519 public key. */
  ticketKey: string;
  dashboardId: string;
  startId: string;
}

/**
 * Judges the tickets of pushes. The same one is shown with each request of a push, and one that was shown in time stays good
 * for as long as its build would wait for the next request.
 */
export class PushTickets {
  readonly #key: KeyObject;
  /** When each was shown last. */
  readonly #seen = new Map<string, number>();

  constructor(
    private readonly rules: PushTicketRules,
    private readonly clock: Clock
  ) {
    this.#key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: rules.ticketKey }, format: 'jwk' });
  }

  /** What a ticket says, or what is wrong with it. */
  judge(ticket: string): PushClaims | PushTicketFault {
    const [purpose, content, signature, ...more] = ticket.length > MAX_LENGTH ? [] : ticket.split('.');
    if (purpose !== 'push' || content === undefined || signature === undefined || more.length > 0) {
      return 'malformed';
    }
    const claims = signedClaims(PushClaims, this.#key, { content, signature, signed: `${purpose}.${content}` });
    if (typeof claims === 'string') {
      return claims;
    }
    if (claims.dashboardId !== this.rules.dashboardId || claims.startId !== this.rules.startId) {
      return 'other_dashboard';
    }
    const now = this.clock.now();
    if (claims.issuedAt > now + SKEW) {
      return 'early';
    }
    const over = now > claims.expiresAt + SKEW || claims.expiresAt - claims.issuedAt > LONGEST;
    if (over && now - (this.#seen.get(claims.id) ?? -Infinity) > PUSH_PATIENCE_MS) {
      this.#seen.delete(claims.id);
      return 'expired';
    }
    this.#seen.set(claims.id, now);
    return claims;
  }
}
