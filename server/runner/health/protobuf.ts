/** One field of a protobuf message. */
export interface ProtobufField {
  number: number;
  /** A varint's value; 0 for the other kinds. */
  value: number;
  /** Content of a length-delimited field; empty for the other kinds. */
  bytes: Uint8Array;
}

/**
 * Fields of a protobuf message, one level. The few messages that are looked at do not justify a schema compiler.
 *
 * @throws RangeError for what is no protobuf message.
 */
export function* protobufFields(message: Uint8Array): Generator<ProtobufField> {
  const empty = new Uint8Array();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++];
      if (byte === undefined || factor > 2 ** 63) {
        throw new RangeError('not a protobuf message');
      }
      value += (byte & 127) * factor;
      if (byte < 128) {
        return value;
      }
    }
  };
  while (at < message.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        yield { number, value: varint(), bytes: empty };
        break;
      case 1:
        at += 8;
        break;
      case 2: {
        const length = varint();
        if (at + length > message.length) {
          throw new RangeError('not a protobuf message');
        }
        yield { number, value: 0, bytes: message.subarray(at, at + length) };
        at += length;
        break;
      }
      case 5:
        at += 4;
        break;
      default:
        throw new RangeError('not a protobuf message');
    }
  }
}

/** The first length-delimited field `number` of a message, or null. */
export function protobufBytes(message: Uint8Array, number: number): Uint8Array | null {
  for (const field of protobufFields(message)) {
    if (field.number === number) {
      return field.bytes;
    }
  }
  return null;
}
