import type { IncomingHttpHeaders } from 'node:http';

/** What tells one state of a file from another. */
export interface Validators {
  etag: string;
  /** In ms, whole seconds. */
  modified: number;
}

/** Part of a file, both ends included. */
export interface ByteRange {
  start: number;
  end: number;
}

/** Whether the client has this state of the file already (RFC 9110, 13.2.2). */
export function unchanged(headers: IncomingHttpHeaders, { etag, modified }: Validators): boolean {
  const tags = headers['if-none-match'];
  if (tags !== undefined) {
    return tags.split(',').some(tag => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
  }
  const since = Date.parse(headers['if-modified-since'] ?? '');
  return modified <= since;
}

/**
 * The part that is asked for; null for the whole file, also where several parts are asked for or the client's own part
 * is of another state; `unsatisfiable` if the file is shorter.
 */
export function requestedRange(
  headers: IncomingHttpHeaders,
  size: number,
  { etag, modified }: Validators
): ByteRange | null | 'unsatisfiable' {
  const asked = /^bytes=(\d*)-(\d*)$/.exec(headers.range?.trim() ?? '');
  const condition = headers['if-range'] as string | undefined;
  if (!asked || (condition !== undefined && condition !== etag && Date.parse(condition) !== modified)) {
    return null;
  }
  const [, first = '', last = ''] = asked;
  if (first === '' && last === '') {
    return null;
  }
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) {
    return null;
  }
  return start > end ? 'unsatisfiable' : { start, end };
}
