import type { Readable } from 'node:stream';

import { MalformedSection, readSectionHead, SECTION_HEAD, type SectionHead } from '../../../relay/frames';

/**
 * The sections of a request's body, each once it has arrived whole. What a cut connection leaves of the last one is
 * dropped.
 *
 * @throws MalformedSection for a body that ends in the middle of one
 */
export async function* sectionsOf(body: Readable): AsyncGenerator<{ head: SectionHead; sent: Uint8Array }> {
  const chunks: Buffer[] = [];
  let length = 0;
  let head: SectionHead | null = null;
  const take = (size: number): Buffer => {
    const all = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length);
    const rest = all.subarray(size);
    chunks.length = 0;
    if (rest.length > 0) {
      chunks.push(rest);
    }
    length = rest.length;
    return all.subarray(0, size);
  };
  // Whoever reads no further may still want to answer: the connection stays.
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    for (;;) {
      if (head === null && length >= SECTION_HEAD) {
        head = readSectionHead(take(SECTION_HEAD));
      }
      if (head === null || length < head.sent) {
        break;
      }
      yield { head, sent: take(head.sent) };
      head = null;
    }
  }
  if (head !== null || length > 0) {
    throw new MalformedSection('the body ends in the middle of a section');
  }
}
