import { createHash } from 'node:crypto';

import { offerText } from '../../testing/offer-text';
import { nameOf, readOffer } from '../../../relay/offer-reader';
import { IncomingOffer } from './incoming-offer';

it('an offer is read in pieces, nothing is kept of what these came in, and a text becomes of it that says the same', () => {
  const items = Array.from({ length: 4_000 }, (_, n) => ({ kind: 'folder', path: `${n}-${'x'.repeat(99)}` }) as const);
  const text = Buffer.from(offerText({ items: items.map(item => ({ ...item, mtime: '1' })), files: 0, bytes: 0 }));
  expect(text.length).toBeGreaterThan(400_000);
  const offer = new IncomingOffer();
  const sizes = [1, 300_000, 7, 90_000];
  for (let at = 0, n = 0; at < text.length; n++) {
    const piece = Buffer.from(text.subarray(at, at + (sizes[n] ?? text.length)));
    offer.take(piece);
    at += piece.length;
    piece.fill(0);
    expect(offer.received).toBe(at);
  }
  const sha256 = createHash('sha256').update(text).digest('hex');
  expect(offer.is({ sha256, size: text.length })).toBe(true);
  offer.whole();
  expect(readOffer(offer.text())).toEqual(readOffer(text));
  expect(nameOf(offer.text().toString('utf8', 0, 200))).toBe(sha256);
});
