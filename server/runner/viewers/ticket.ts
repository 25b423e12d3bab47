import { createHash, createPublicKey, timingSafeEqual, type KeyObject } from 'node:crypto';

import { TicketClaims } from '../../contract';
import type { Clock } from '../clock';
import { signedClaims } from '../signed-claims';

/** Why a ticket is worth nothing. For logs and tests; viewers are not told. */
export type TicketFault = 'malformed' | 'signature' | 'other_dashboard' | 'expired' | 'early' | 'flow' | 'used';

/** A ticket that admits nobody. */
export class TicketError extends Error {
  /** `ahead`: how much later it is here than it was where the ticket was signed, in ms, if its time is the matter. */
  constructor(
    readonly code: TicketFault,
    readonly ahead: number | null = null
  ) {
    super(`The ticket was refused (${code})`);
  }
}

/** How far the clocks of the service and of this machine may differ. */
const SKEW = 5_000;
/** The service gives 30 s; more would have to be remembered for longer. */
const LONGEST = 60_000;
const MAX_LENGTH = 16_384;

/** What tickets for this start look like. */
export interface TicketRules {
  /** base64url of the 32 bytes of an Ed25519 public key. */
  ticketKey: string;
  dashboardId: string;
  startId: string;
}

/** Judges tickets, and remembers the accepted ones for as long as they could be tried again. */
export class TicketVerifier {
  readonly #key: KeyObject;
  readonly #startedAt: number;
  readonly #used = new Map<string, number>();

  constructor(
    private readonly rules: TicketRules,
    private readonly clock: Clock
  ) {
    this.#key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: rules.ticketKey }, format: 'jwk' });
    this.#startedAt = clock.now();
  }

  /** The claims of `ticket`, which is thereby used up. Throws `TicketError`. `nonce` is what the flow's cookie holds. */
  redeem(ticket: string, nonce: string | null): TicketClaims {
    const claims = this.#signedClaims(ticket);
    const now = this.clock.now();
    if (claims.dashboardId !== this.rules.dashboardId || claims.startId !== this.rules.startId) {
      throw new TicketError('other_dashboard');
    }
    if (now > claims.expiresAt + SKEW || claims.expiresAt - claims.issuedAt > LONGEST) {
      throw new TicketError('expired', now - claims.issuedAt);
    }
    if (claims.issuedAt < this.#startedAt - SKEW || claims.issuedAt > now + SKEW) {
      throw new TicketError('early', now - claims.issuedAt);
    }
    if (nonce === null || !sameText(flowHash(nonce), claims.flow)) {
      throw new TicketError('flow');
    }
    this.#forgetExpired(now);
    if (this.#used.has(claims.id)) {
      throw new TicketError('used');
    }
    this.#used.set(claims.id, claims.expiresAt + SKEW);
    return claims;
  }

  #signedClaims(ticket: string): TicketClaims {
    const [content, signature, ...more] = ticket.length > MAX_LENGTH ? [] : ticket.split('.');
    if (content === undefined || signature === undefined || more.length > 0) {
      throw new TicketError('malformed');
    }
    const claims = signedClaims(TicketClaims, this.#key, { content, signature, signed: content });
    if (typeof claims === 'string') {
      throw new TicketError(claims);
    }
    return claims;
  }

  #forgetExpired(now: number): void {
    for (const [id, until] of this.#used) {
      if (until < now) {
        this.#used.delete(id);
      }
    }
  }
}

/** What the service puts into a ticket for a flow with this nonce. */
export function flowHash(nonce: string): string {
  return createHash('sha256').update(nonce).digest('base64url');
}

function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
