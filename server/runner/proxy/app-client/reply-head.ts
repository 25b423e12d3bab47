import type { HeaderPair } from '../hop-by-hop';
import { ReplyError } from './reply-error';

/** The head of a reply, and how the body after it is framed. */
export interface ParsedHead {
  status: number;
  reason: string;
  /** As they stood on the wire, in latin1. */
  headers: HeaderPair[];
  /** Bytes of the body; null where the head does not say. */
  length: number | null;
  chunked: boolean;
  /** The app will take another request on this connection. */
  persistent: boolean;
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const LENGTH = /^\d{1,15}$/;

/** Reads a head without the empty line at its end. Throws `ReplyError`. */
export function parseHead(text: string): ParsedHead {
  const lines = text.split('\r\n');
  const status = STATUS_LINE.exec(lines[0] ?? '');
  if (status === null) {
    throw new ReplyError('The reply does not begin with a status line of HTTP/1.1');
  }
  const head: ParsedHead = {
    status: Number(status[2]),
    reason: status[3] ?? '',
    headers: [],
    length: null,
    chunked: false,
    persistent: status[1] === '1'
  };
  for (let n = 1; n < lines.length; n += 1) {
    const line = lines[n] as string;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon));
    const value = trimmed(line, colon + 1);
    if (!NAME.test(name) || !VALUE.test(value)) {
      throw new ReplyError(`Line ${n + 1} of the reply is no header`);
    }
    head.headers.push([name, value]);
    noteFraming(head, name, value);
  }
  if (head.chunked && head.length !== null) {
    throw new ReplyError('The reply has a length and is chunked as well');
  }
  return head;
}

function noteFraming(head: ParsedHead, name: string, value: string): void {
  // Most names differ in their length already.
  if (name.length === 10 && name.toLowerCase() === 'connection') {
    const options = value
      .toLowerCase()
      .split(',')
      .map(option => option.trim());
    head.persistent = !options.includes('close') && (head.persistent || options.includes('keep-alive'));
  } else if (name.length === 14 && name.toLowerCase() === 'content-length') {
    if (head.length !== null || !LENGTH.test(value)) {
      throw new ReplyError('The reply has no single length');
    }
    head.length = Number(value);
  } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
    if (head.chunked || value.toLowerCase() !== 'chunked') {
      throw new ReplyError('The reply has a transfer encoding other than chunked');
    }
    head.chunked = true;
  }
}

/** `line` from `start` on, without spaces and tabs around it. `trim` would take bytes of UTF-8 for spaces. */
function trimmed(line: string, start: number): string {
  let from = start;
  let to = line.length;
  while (from < to && isBlank(line.charCodeAt(from))) {
    from += 1;
  }
  while (to > from && isBlank(line.charCodeAt(to - 1))) {
    to -= 1;
  }
  return line.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
