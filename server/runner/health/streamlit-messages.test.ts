import { protobufFields } from './protobuf';
import { readStreamlitMessage } from './streamlit-messages';

/** A length-delimited field. */
function field(number: number, content: Uint8Array | string): Uint8Array {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return Uint8Array.of((number << 3) | 2, bytes.length, ...bytes);
}

const join = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap(part => [...part]));
const exception = join(field(1, 'KeyError'), field(2, "'tea'"), field(3, 'line 1'), field(3, 'line 2'));

describe('a message of Streamlit', () => {
  it.each([
    [0, { kind: 'finished', compiled: true, rerun: false }],
    [1, { kind: 'finished', compiled: false, rerun: false }],
    [2, { kind: 'finished', compiled: true, rerun: true }]
  ])('tells the end of the script: %d', (status, message) => {
    expect(readStreamlitMessage(join(field(1, 'hash'), Uint8Array.of(6 << 3, status)))).toEqual(message);
  });

  it('shows an exception on the page or before the page', () => {
    const shown = { kind: 'exception', summary: "KeyError: 'tea'", trace: ['line 1', 'line 2'] };
    expect(readStreamlitMessage(field(5, field(3, field(8, exception))))).toEqual(shown);
    expect(readStreamlitMessage(field(10, field(3, exception)))).toEqual(shown);
    const warning = join(exception, Uint8Array.of(5 << 3, 1));
    expect(readStreamlitMessage(field(5, field(3, field(8, warning))))).toEqual({ kind: 'other' });
  });

  it('may be anything else, and must not be cut off', () => {
    expect(readStreamlitMessage(field(4, 'session'))).toEqual({ kind: 'other' });
    expect(() => [...protobufFields(Uint8Array.of(10, 5, 1))]).toThrow(RangeError);
    expect(() => [...protobufFields(new Uint8Array(20).fill(255))]).toThrow(RangeError);
  });
});
