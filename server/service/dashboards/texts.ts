import { ServiceError } from '../errors';

/** Join letters and pictures or choose between their looks: `👩‍💻`, `❤️`, Persian and Indian words. Nothing to see alone. */
const JOINERS = /\p{Variation_Selector}|\u200c|\u200d/gu;
/** England, Scotland, Wales: a flag, and letters that are not shown. */
const FLAG_OF_A_PART = /\u{1f3f4}[\u{e0061}-\u{e007a}]{2,6}\u{e007f}/gu;
const CONTROL = /[\p{Cc}\u2028\u2029]/u;
/** Turn the direction of what follows: `\u202eevil` is shown as `live`. */
const DIRECTION = /\p{Bidi_Control}/u;
/** Takes no room, or is half a character. U+2800 is a Braille cell without a dot. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cs}\u2800]/u;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}\p{Co}]/u;
/** In texts of several lines. */
const LAYOUT = /[\t\n\r]/g;

/**
 * A name as people see it: something to read, nothing that breaks a line, hides, or makes it look like another one.
 * @throws ServiceError `invalid_request`
 */
export function checkName(name: string): string {
  const trimmed = name.normalize('NFC').trim();
  if (trimmed === '') {
    throw invalid('The dashboard needs a name.', 'Choose a name that people can read.');
  }
  refuse('name', trimmed);
  const seen = trimmed.replace(FLAG_OF_A_PART, '⚑').replace(JOINERS, '');
  const hidden = INVISIBLE.exec(seen)?.[0];
  if (hidden !== undefined) {
    throw invalid(`The name must not contain the invisible character ${codePoint(hidden)}.`, TYPE_ANEW);
  }
  if (!VISIBLE.test(seen)) {
    throw invalid('The name has no visible character.', 'Choose a name that people can read.');
  }
  return trimmed;
}

/**
 * A description or message: lines of text that stay what they look like.
 * @throws ServiceError `invalid_request`
 */
export function checkText(what: 'description' | 'message', text: string): string {
  refuse(what, text.replace(LAYOUT, ' '));
  if (isBroken(text)) {
    throw invalid(`The ${what} must not contain half a character.`, TYPE_ANEW);
  }
  return text;
}

/** Whether a text holds half a character, which can be written in no file, address or database. */
export function isBroken(text: string): boolean {
  return /\p{Cs}/u.test(text);
}

const TYPE_ANEW = 'Type it anew: pasted text may hold characters that are not shown.';

function refuse(what: string, text: string): void {
  if (CONTROL.test(text)) {
    throw invalid(`The ${what} must not contain control characters.`, TYPE_ANEW);
  }
  const direction = DIRECTION.exec(text)?.[0];
  if (direction !== undefined) {
    const character = codePoint(direction);
    throw invalid(`The ${what} must not contain ${character}, which changes the direction of writing.`, TYPE_ANEW);
  }
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function invalid(message: string, fix: string): ServiceError {
  return new ServiceError('invalid_request', 400, message, fix);
}
