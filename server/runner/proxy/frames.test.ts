import { closeFrame, Frames } from './frames';

/** A frame as a server sends it. */
function frame(length: number, opcode = 0x2): Buffer {
  const head =
    length < 126
      ? Buffer.of(0x80 | opcode, length)
      : length < 65_536
        ? Buffer.of(0x80 | opcode, 126, length >> 8, length & 0xff)
        : Buffer.concat([
            Buffer.of(0x80 | opcode, 127, 0, 0, 0, 0),
            Buffer.of(0, length >> 16, (length >> 8) & 0xff, length & 0xff)
          ]);
  return Buffer.concat([head, Buffer.alloc(length, 0x88)]);
}

describe('frames of a WebSocket', () => {
  const stream = [frame(0), frame(5, 0x1), frame(125), frame(126), frame(70_000), frame(3, 0x9)];
  const bytes = Buffer.concat(stream);
  const ends = new Set(stream.map((_, n) => stream.slice(0, n + 1).reduce((sum, one) => sum + one.length, 0)));

  it.each([1, 2, 3, 7, 1_000, 65_536, bytes.length])('end where they end, in pieces of %d bytes', size => {
    const frames = new Frames();
    const wrong: number[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      const piece = bytes.subarray(at, at + size);
      if (frames.pass(piece) !== piece.length || frames.whole !== ends.has(at + piece.length)) {
        wrong.push(at);
      }
    }
    expect(wrong).toEqual([]);
    expect([frames.whole, frames.closed]).toEqual([true, false]);
  });

  it('are followed up to the end of the one under way', () => {
    const frames = new Frames();
    frames.pass(frame(10).subarray(0, 4));
    expect(frames.pass(Buffer.concat([frame(10).subarray(4), frame(10)]), true)).toBe(8);
    expect(frames.whole).toBe(true);
  });

  it('of clients have a mask in their head', () => {
    const frames = new Frames();
    frames.pass(Buffer.concat([Buffer.of(0x82, 0x80 | 3, 1, 2, 3, 4), Buffer.from('abc')]));
    expect(frames.whole).toBe(true);
  });

  it('that close the WebSocket are known', () => {
    const frames = new Frames();
    frames.pass(closeFrame('Reload the page.'));
    expect([frames.whole, frames.closed]).toEqual([true, true]);
  });
});
