import { createHash } from 'node:crypto';

import { readOffer } from '../../relay/offer-reader';
import { GrowingOffer } from './growing-offer';
import type { ReadFile } from './read-file';

const file = (n: number): ReadFile => ({
  kind: 'file',
  path: `${String(n).padStart(6, '0')} 😀 "${'x'.repeat(90)}"`,
  size: n,
  mtime: '1',
  executable: n % 2 === 0,
  sha256: createHash('sha256').update(String(n)).digest('hex'),
  identity: String(n),
  settled: true
});
const files = Array.from({ length: 6_000 }, (_, n) => file(n));
const sums = { files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
const rest = { gone: [], ...sums };
const batches = Array.from({ length: 60 }, (_, n) => files.slice(n * 100, n * 100 + 100));
const turn = (): Promise<void> => new Promise(setImmediate);

/** The pieces that were sent, by their offsets. `fails`: which call does not arrive. */
function recorded(fails = -1) {
  const sent: { offset: number; piece: Buffer }[] = [];
  let calls = 0;
  let underWay = 0;
  const offer = new GrowingOffer(null, async (piece, offset) => {
    expect(++underWay).toBe(1);
    await turn();
    underWay -= 1;
    if (calls++ === fails) {
      throw new Error('cut');
    }
    sent.push({ offset, piece });
  });
  return { offer, sent };
}

it('a list of files is sent in order while it is made, one piece after the other, and the rest at its end', async () => {
  const { offer, sent } = recorded();
  for (const batch of batches) {
    offer.add(batch);
    await turn();
  }
  expect(sent.length).toBeGreaterThan(1);
  const before = sent.length;
  const { text, sha256, contents } = await offer.end(rest);
  expect(sent.length).toBe(before + 1);
  expect(Buffer.concat(sent.map(({ piece }) => piece)).equals(text)).toBe(true);
  sent.reduce((at, { offset, piece }) => (expect(offset).toBe(at), at + piece.length), 0);
  expect(sha256).toBe(createHash('sha256').update(text).digest('hex'));
  expect(contents.list.map(({ size }) => size)).toEqual(files.map(({ size }) => size));
  const withoutIdentity = files.map(({ kind, path, size, mtime, executable, sha256 }) => {
    return { kind, path, size, mtime, executable, sha256 };
  });
  expect(readOffer(text)).toEqual({ items: withoutIdentity, ...sums });
});

it('after a piece that did not arrive no further one is sent, and the text is whole all the same', async () => {
  const { offer, sent } = recorded(1);
  for (const batch of batches) {
    offer.add(batch);
    await turn();
  }
  const { text } = await offer.end(rest);
  expect(sent.map(({ offset }) => offset)).toEqual([0]);
  expect(readOffer(text).files).toBe(files.length);
});
