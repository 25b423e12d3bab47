/** A piece of what a git server sends, in which one byte of the pack is another. */
export function damagedPack(piece: Buffer): Buffer {
  const at = piece.indexOf('PACK');
  const copy = Buffer.from(piece);
  if (at >= 0 && at + 24 < piece.length) {
    copy.writeUInt8(copy.readUInt8(at + 24) ^ 0xff, at + 24);
  }
  return copy;
}
