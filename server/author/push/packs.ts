import type { Pace } from './pace';

/** Bytes that make a request, after the first one; each further one takes twice as many. */
const WORTH = 256 * 1024;

/** Sections, as many at once as a request may hold. The first one goes alone: the other end gets to work while more is packed. */
export async function* packsOf(sections: AsyncGenerator<Buffer[]>, pace: Pace): AsyncGenerator<Buffer[], undefined> {
  let pack: Buffer[] = [];
  let length = 0;
  let worth = 0;
  for await (const section of sections) {
    const more = section.reduce((sum, part) => sum + part.length, 0);
    if (length > 0 && length + more > pace.pack) {
      yield pack;
      pack = [];
      length = 0;
    }
    pack.push(...section);
    length += more;
    if (length >= worth) {
      yield pack;
      pack = [];
      length = 0;
      worth = Math.max(WORTH, worth * 2);
    }
  }
  if (length > 0) {
    yield pack;
  }
  return undefined;
}
