import { Type, type TSchema } from 'typebox';

import { ErrorReply } from '../../../contract';

/** Replies of a route for the API document: one for success, and errors in one shape. */
export function replies<T extends TSchema, S extends 200 | 201 | 202 = 200>(schema: T, status: S = 200 as S) {
  return { [status]: schema, '4xx': ErrorReply, '5xx': ErrorReply } as Record<S, T> &
    Record<'4xx' | '5xx', typeof ErrorReply>;
}

/** Id of a dashboard or build in a path. */
export const IdParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 100 }) });

/** Where a stream that broke off goes on. */
export const LastEventId = Type.Object({ 'last-event-id': Type.Optional(Type.String({ maxLength: 20 })) });
