import { Type, type TSchema } from 'typebox';

import { ErrorReply, IDEMPOTENCY_HEADER, LIMITS } from '../../../contract';
import { KEYS_EACH } from '../../dashboards/idempotency';

/** Replies of a route for the API document: one for success, and errors in one shape. */
export function replies<T extends TSchema, S extends 200 | 201 | 202 = 200>(schema: T, status: S = 200 as S) {
  return { [status]: schema, '4xx': ErrorReply, '5xx': ErrorReply } as Record<S, T> &
    Record<'4xx' | '5xx', typeof ErrorReply>;
}

/** Replies of a route that answers with a stream or a file. What is in it, the API document says itself. */
export const STREAM_REPLIES = { 200: Type.String(), '4xx': ErrorReply };

/** Id of a dashboard or build in a path. */
export const IdParams = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 100, description: 'Id of the dashboard or build.' })
});

/** Printable, so that it can be written into a log and compared by eye. */
export const IdempotencyKey = Type.Object({
  [IDEMPOTENCY_HEADER]: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: LIMITS.idempotencyKey,
      pattern: '^[\\x20-\\x7e]+$',
      description: `Made of letters, digits and signs of ASCII. Any text that the caller has not used for another request of the last 24 hours; of each caller the last ${KEYS_EACH.toLocaleString('en')} are remembered.`
    })
  )
});

/** Where a stream that broke off goes on. */
export const LastEventId = Type.Object({
  'last-event-id': Type.Optional(Type.String({ maxLength: 20, description: '`id` of the last event that was seen.' }))
});

/** The number in a `Last-Event-ID`: one that was never given, for anything that is none. */
export function sequenceNumber(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : -1;
}
