import type { Pace } from './pace';

/** Bytes of the first request; each further one may be twice as long. */
const FIRST = 256 * 1024;

/** Sections, as many at once as a request may hold. The first ones are few: the other end gets to work while more is packed. */
export async function* packsOf(sections: AsyncGenerator<Buffer[]>, pace: Pace): AsyncGenerator<Buffer[], undefined> {
  let pack: Buffer[] = [];
  let length = 0;
  let most = FIRST;
  for await (const section of sections) {
    const more = section.reduce((sum, part) => sum + part.length, 0);
    if (length > 0 && length + more > Math.min(most, pace.pack)) {
      yield pack;
      pack = [];
      length = 0;
      most *= 2;
    }
    pack.push(...section);
    length += more;
  }
  if (length > 0) {
    yield pack;
  }
  return undefined;
}
