import { createHash } from 'node:crypto';

import { offerText } from '../../testing/offer-text';
import { IncomingOffer } from './incoming-offer';

it('keeps the text of an offer, and nothing of what its pieces came in', () => {
  const items = Array.from({ length: 4_000 }, (_, n) => ({ kind: 'folder', path: `${n}-${'x'.repeat(99)}` }) as const);
  const text = Buffer.from(offerText({ items: items.map(item => ({ ...item, mtime: '1' })), files: 0, bytes: 0 }));
  expect(text.length).toBeGreaterThan(400_000);
  const offer = new IncomingOffer(new Map());
  const sizes = [1, 300_000, 7, 90_000];
  for (let at = 0, n = 0; at < text.length; n++) {
    const piece = Buffer.from(text.subarray(at, at + (sizes[n] ?? text.length)));
    offer.take(piece);
    at += piece.length;
    piece.fill(0);
    expect(offer.received).toBe(at);
  }
  expect(offer.is({ sha256: createHash('sha256').update(text).digest('hex'), size: text.length })).toBe(true);
  expect(offer.text().equals(text)).toBe(true);
});
