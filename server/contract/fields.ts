import { Type } from 'typebox';

/** A moment. */
export const Time = Type.String({ maxLength: 40, description: 'ISO 8601, UTC: `2026-11-21T12:00:00.000Z`.' });

/**
 * How many of something are on a page. Where a value has to be written in a certain way, the first sentence of its
 * description says how: errors tell people that sentence.
 */
export const PageLimit = Type.String({
  pattern: '^([1-9][0-9]?|1[0-9][0-9]|200)$',
  description: 'A whole number from 1 to 200. How many are on a page; left out: 50.'
});

/**
 * Name of a user or group at the Hub, as people write it. `.` and `..` would be no part of an address, and half a
 * character can be written in none.
 */
export const HubName = Type.String({
  minLength: 1,
  maxLength: 255,
  pattern: '^(?!\\.{1,2}$)[^\\ud800-\\udfff]+$',
  description: 'A name as the Hub has it: of whole characters, and neither `.` nor `..`.'
});
