import { readSync } from 'node:fs';
import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';

import { withRoot } from '../../files/anchor';
import { FRAME_HEAD, PACKING, writeFrameHead, writeSectionHead } from '../../relay/frames';
import type { Content } from '../../relay/offer';
import { systemCode } from '../../problem-error';
import type { Project } from './project';
import { FileChanged, type ReadFile } from './read-file';

const compress = promisify(zstdCompress);
/** Level 1 keeps up with a fast network; higher ones gain little on code and tables. */
const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 }, chunkSize: 256 * 1024 };
/** What is less than this part shorter is sent as it is. */
const WORTH = 0.95;
/** After a section that could not be made shorter, so many of the same file are sent as they are. */
const AS_IT_IS = 15;

/** A content that is wanted, and where to begin. */
export interface Wanted {
  index: number;
  content: Content<ReadFile>;
  offset: number;
}

/**
 * Sections of what is wanted, in its order. Files that have changed are left out, from where that was noticed.
 *
 * @param size - the most that a section holds unpacked; asked before each.
 * @param changed - told the path of each file that is not any longer what was offered.
 */
export async function* sectionsOf(
  project: Project,
  wanted: readonly Wanted[],
  size: () => number,
  changed: (path: string) => void
): AsyncGenerator<Buffer[]> {
  const reader = new Reader(project, wanted, changed);
  let stubborn = { index: -1, left: 0 };
  const pack = async ({ bytes, only }: Filled): Promise<Buffer[]> => {
    const tried = stubborn.index !== only || stubborn.left === 0;
    const packed = tried ? await compress(bytes, OPTIONS) : null;
    const shorter = packed !== null && packed.length < bytes.length * WORTH;
    stubborn = shorter ? { index: -1, left: 0 } : { index: only, left: tried ? AS_IT_IS : stubborn.left - 1 };
    return sectionOf(bytes, shorter ? packed : null);
  };
  let packing: Promise<Buffer[]> | null = null;
  for (;;) {
    // While another thread compresses the one before.
    const filled = reader.fill(Buffer.allocUnsafe(size()));
    if (packing) {
      yield await packing;
    }
    if (filled.bytes.length === 0) {
      return;
    }
    packing = pack(filled);
    // Awaited above, or not at all.
    packing.catch(() => undefined);
  }
}

/**
 * A text as sections of a content that has no file: the offer.
 *
 * @param offset - of the text in that content.
 */
export async function* sectionsOfText(
  index: number,
  text: Buffer,
  offset: number,
  size: () => number
): AsyncGenerator<Buffer[]> {
  for (let at = 0; at < text.length;) {
    const piece = text.subarray(at, at + size() - FRAME_HEAD);
    const bytes = Buffer.concat([writeFrameHead(index, offset + at, piece.length), piece]);
    const packed = await compress(bytes, OPTIONS);
    yield sectionOf(bytes, packed.length < bytes.length * WORTH ? packed : null);
    at += piece.length;
  }
}

function sectionOf(bytes: Buffer, packed: Buffer | null): Buffer[] {
  const sent = packed ?? bytes;
  const packing = packed ? PACKING.zstd : PACKING.none;
  return [writeSectionHead({ packing, sent: sent.length, size: bytes.length }), sent];
}

interface Filled {
  bytes: Buffer;
  /** The content, if all of it is of one; else -1. */
  only: number;
}

class Reader {
  #at = 0;
  #offset: number;

  constructor(
    private readonly project: Project,
    private readonly wanted: readonly Wanted[],
    private readonly changed: (path: string) => void
  ) {
    this.#offset = wanted[0]?.offset ?? 0;
  }

  /** Fills a section with as many frames as fit. */
  fill(buffer: Buffer): Filled {
    let length = 0;
    const seen = new Set<number>();
    if (this.#at < this.wanted.length) {
      withRoot(this.project.root, folder => {
        for (let next = this.wanted[this.#at]; next; next = this.wanted[this.#at]) {
          const left = next.content.size - this.#offset;
          const room = buffer.length - length - FRAME_HEAD;
          // A small piece of a large file would be a frame for little.
          if (room < Math.min(left, 4_096)) {
            break;
          }
          const size = Math.min(left, room);
          if (this.#read(folder, next, buffer.subarray(length + FRAME_HEAD, length + FRAME_HEAD + size))) {
            writeFrameHead(next.index, this.#offset, size).copy(buffer, length);
            length += FRAME_HEAD + size;
            seen.add(next.index);
            this.#offset += size;
            if (this.#offset < next.content.size) {
              break;
            }
          }
          this.#at += 1;
          this.#offset = this.wanted[this.#at]?.offset ?? 0;
        }
      });
    }
    const [only = -1] = seen.size === 1 ? seen : [];
    return { bytes: buffer.subarray(0, length), only };
  }

  #read(folder: number, { content }: Wanted, into: Buffer): boolean {
    const [file] = content.files;
    const path = file?.path ?? '';
    try {
      if (!file) {
        throw new FileChanged(path);
      }
      this.project.use(folder, file, fd => {
        for (let done = 0; done < into.length;) {
          const read = readSync(fd, into, done, into.length - done, this.#offset + done);
          if (read === 0) {
            throw new FileChanged(path);
          }
          done += read;
        }
      });
      return true;
    } catch (error) {
      if (error instanceof FileChanged || ['ENOENT', 'ELOOP', 'ENOTDIR', 'ESTALE'].includes(systemCode(error) ?? '')) {
        this.changed(path);
        return false;
      }
      throw error;
    }
  }
}
