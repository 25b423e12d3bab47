import { generateKeyPairSync, sign } from 'node:crypto';

import fc from 'fast-check';

import type { TicketClaims } from '../../contract';
import { ManualClock } from '../testing/manual-clock';
import { flowHash, TicketError, TicketVerifier } from './ticket';

const NONCE = 'the nonce of this flow';
const pair = generateKeyPairSync('ed25519');
const ticketKey = pair.publicKey.export({ format: 'jwk' }).x as string;

function signed(content: string, key = pair.privateKey): string {
  const encoded = Buffer.from(content).toString('base64url');
  return `${encoded}.${sign(null, Buffer.from(encoded), key).toString('base64url')}`;
}

describe('a ticket', () => {
  let clock: ManualClock;
  let verifier: TicketVerifier;
  const claims = (changes: Partial<TicketClaims> = {}): TicketClaims => ({
    v: 1,
    id: 'session-1',
    dashboardId: 'd1',
    startId: 's1',
    viewer: { name: 'bob', groups: [], owner: false },
    flow: flowHash(NONCE),
    issuedAt: clock.now(),
    expiresAt: clock.now() + 30_000,
    ...changes
  });
  const ticket = (changes: Partial<TicketClaims> = {}): string => signed(JSON.stringify(claims(changes)));
  const fault = (text: string, nonce: string | null = NONCE): string => {
    try {
      verifier.redeem(text, nonce);
      return 'accepted';
    } catch (error) {
      return error instanceof TicketError ? error.code : 'another error';
    }
  };

  beforeEach(() => {
    clock = new ManualClock();
    verifier = new TicketVerifier({ ticketKey, dashboardId: 'd1', startId: 's1' }, clock);
  });

  it('admits its viewer once, and is refused the second time', () => {
    const text = ticket();
    expect(verifier.redeem(text, NONCE).viewer.name).toBe('bob');
    expect(fault(text)).toBe('used');
    clock.advance(30_000);
    expect(fault(text)).toBe('used');
    clock.advance(6_000);
    expect(fault(text)).toBe('expired');
  });

  it('is refused by another dashboard, and by another start of the same one', () => {
    expect(fault(ticket({ dashboardId: 'd2' }))).toBe('other_dashboard');
    expect(fault(ticket({ startId: 's0' }))).toBe('other_dashboard');
  });

  it('is refused with another nonce, or with none, and is not used up by that', () => {
    const text = ticket();
    expect(fault(text, 'another')).toBe('flow');
    expect(fault(text, null)).toBe('flow');
    expect(fault(text)).toBe('accepted');
  });

  it('is refused after 30 seconds and 5 of skew', () => {
    const text = ticket();
    clock.advance(35_001);
    expect(fault(text)).toBe('expired');
  });

  it('is refused when issued before the start of the runner, or in the future', () => {
    expect(fault(ticket({ issuedAt: clock.now() - 5_001, expiresAt: clock.now() + 20_000 }))).toBe('early');
    expect(fault(ticket({ issuedAt: clock.now() + 5_001, expiresAt: clock.now() + 30_000 }))).toBe('early');
    expect(fault(ticket({ issuedAt: clock.now() - 4_000, expiresAt: clock.now() + 20_000 }))).toBe('accepted');
  });

  it('is refused when it would live long', () => {
    expect(fault(ticket({ expiresAt: clock.now() + 3_600_000 }))).toBe('expired');
  });

  it('is refused with any bit flipped', () => {
    const text = ticket();
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.integer({ min: 0, max: 6 }), (at, bit) => {
        const flipped = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << bit)) + text.slice(at + 1);
        expect(fault(flipped)).not.toBe('accepted');
      }),
      { numRuns: 400 }
    );
    expect(fault(text)).toBe('accepted');
  });

  it('is refused cut off anywhere', () => {
    const text = ticket();
    for (let length = 0; length < text.length; length += 1) {
      expect(fault(text.slice(0, length))).not.toBe('accepted');
    }
  });

  it('alg tricks: a ticket has no say in how it is checked', () => {
    const content = Buffer.from(JSON.stringify(claims())).toString('base64url');
    const header = Buffer.from('{"alg":"none"}').toString('base64url');
    const other = generateKeyPairSync('ed25519').privateKey;
    const corpus = [
      `${content}.`,
      `${content}`,
      `.${content}`,
      '.',
      '',
      `${header}.${content}.`,
      `${header}.${ticket()}`,
      `${ticket()}.`,
      `${ticket()}=`,
      ` ${ticket()}`,
      `${content}.${Buffer.alloc(64).toString('base64url')}`,
      `${content}.${Buffer.from(ticketKey, 'base64url').toString('base64url')}`,
      signed(JSON.stringify(claims()), other),
      'x'.repeat(100_000)
    ];
    for (const text of corpus) {
      expect(fault(text)).not.toBe('accepted');
    }
  });

  it('is refused with signed content of another shape', () => {
    for (const content of ['null', '[]', '{}', 'no JSON', JSON.stringify({ ...claims(), v: 2 }), '{"v":1}']) {
      expect(fault(signed(content))).toBe('malformed');
    }
  });

  it('never makes anything but a TicketError of arbitrary text', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        expect(['malformed', 'signature']).toContain(fault(text));
      })
    );
  });
});
