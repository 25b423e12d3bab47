/**
 * What is sent of a project: sections, each packed for itself, so that whatever has arrived whole is taken, and none is
 * larger than it says.
 *
 *     section:  packing (1 byte), length as sent (4), length unpacked (4), then the section as sent
 *     unpacked: frames of  number of the content (4), offset (8), length (4), bytes
 */

/** How a section is packed. */
export const PACKING = { none: 0, zstd: 1 } as const;
export type Packing = (typeof PACKING)[keyof typeof PACKING];

export const SECTION_HEAD = 9;
export const FRAME_HEAD = 16;
/** The most that a section may hold unpacked. Larger ones would keep the runner's worker from other calls for too long. */
export const LARGEST_SECTION = 1 << 20;
/** Number of the offer's own text among the contents. */
export const OFFER = 0xffff_ffff;

/** A piece of a content: `index` is its number in the offer. */
export interface Frame {
  index: number;
  offset: number;
  bytes: Uint8Array;
}

export interface SectionHead {
  packing: Packing;
  /** Length as sent. */
  sent: number;
  /** Length unpacked. */
  size: number;
}

export class MalformedSection extends Error {}

export function writeSectionHead({ packing, sent, size }: SectionHead): Buffer {
  const head = Buffer.alloc(SECTION_HEAD);
  head.writeUInt8(packing, 0);
  head.writeUInt32BE(sent, 1);
  head.writeUInt32BE(size, 5);
  return head;
}

/** @throws MalformedSection for one that nobody would send. */
export function readSectionHead(head: Uint8Array): SectionHead {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const packing = view.getUint8(0);
  const sent = view.getUint32(1);
  const size = view.getUint32(5);
  if (packing !== PACKING.none && packing !== PACKING.zstd) {
    throw new MalformedSection('unknown packing');
  }
  if (size < FRAME_HEAD || size > LARGEST_SECTION || sent > size || (packing === PACKING.none && sent !== size)) {
    throw new MalformedSection('impossible length');
  }
  return { packing, sent, size };
}

export function writeFrameHead(index: number, offset: number, length: number): Buffer {
  const head = Buffer.alloc(FRAME_HEAD);
  head.writeUInt32BE(index, 0);
  head.writeBigUInt64BE(BigInt(offset), 4);
  head.writeUInt32BE(length, 12);
  return head;
}

/** The frames of an unpacked section. @throws MalformedSection */
export function* framesOf(section: Uint8Array): Generator<Frame> {
  const view = new DataView(section.buffer, section.byteOffset, section.byteLength);
  for (let at = 0; at < section.length;) {
    if (at + FRAME_HEAD > section.length) {
      throw new MalformedSection('half a frame');
    }
    const index = view.getUint32(at);
    const offset = Number(view.getBigUint64(at + 4));
    const length = view.getUint32(at + 12);
    const begin = at + FRAME_HEAD;
    at = begin + length;
    if (at > section.length || !Number.isSafeInteger(offset)) {
      throw new MalformedSection('half a frame');
    }
    yield { index, offset, bytes: section.subarray(begin, at) };
  }
}
