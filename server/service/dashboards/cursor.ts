import { ServiceError } from '../errors';

/** A place in a list: after the dashboard that was created then, by this id. */
export interface Position {
  createdAt: string;
  id: string;
}

const FORM = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([a-z0-9]{1,40})$/;

/** Opaque to callers: nobody but this file reads it. */
export function writeCursor({ createdAt, id }: Position): string {
  return Buffer.from(`${createdAt} ${id}`).toString('base64url');
}

/** Whether a list can have handed it out. */
export function isCursor(cursor: string): boolean {
  return positionOf(cursor) !== null;
}

/** @throws ServiceError `invalid_request` for anything that no list has handed out */
export function readCursor(cursor: string): Position {
  const position = positionOf(cursor);
  if (!position) {
    throw new ServiceError(
      'invalid_request',
      400,
      'This cursor is none that a list has handed out.',
      'Read the list from its beginning, without a cursor; take the next one from "next", as it is.'
    );
  }
  return position;
}

function positionOf(cursor: string): Position | null {
  const [, createdAt, id] = FORM.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  return createdAt && id && writeCursor({ createdAt, id }) === cursor ? { createdAt, id } : null;
}
