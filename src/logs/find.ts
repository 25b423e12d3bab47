import { folded, type LogLine } from '../../server/contract';

/** Tells lines that contain `text`, by the same rule as the service's search. None for an empty text. */
export function isHitOf(text: string): (line: LogLine) => boolean {
  const wanted = folded(text);
  return line => wanted !== '' && folded(line.text).includes(wanted);
}

/** Sequence numbers of the lines that contain `text`. */
export function findLines(blocks: readonly (readonly LogLine[])[], text: string): number[] {
  const isHit = isHitOf(text);
  return text === '' ? [] : blocks.flatMap(block => block.filter(isHit).map(({ seq }) => seq));
}

/** A line cut into what is between hits and the hits themselves, in turns; the first part is never a hit. */
export function splitByHits(line: string, text: string): string[] {
  const wanted = folded(text);
  if (wanted === '') {
    return [line];
  }
  const { letters, placeOf } = foldedWithPlaces(line);
  const parts: string[] = [];
  let from = 0;
  for (let at = letters.indexOf(wanted); at >= 0; at = letters.indexOf(wanted, at + wanted.length)) {
    const start = Math.max(from, placeOf(at));
    let end = at + wanted.length;
    // A character is marked as a whole, though only one of the letters be wanted that it is folded into.
    while (end < letters.length && placeOf(end) === placeOf(end - 1)) {
      end += 1;
    }
    if (placeOf(end) > start) {
      parts.push(line.slice(from, start), line.slice(start, placeOf(end)));
      from = placeOf(end);
    }
  }
  return [...parts, line.slice(from)];
}

/** Characters with the marks that belong to them. */
const CHARACTERS = /(?:\P{M}|^)\p{M}*/gu;

/** The line folded; for each letter of it, where in the line the character begins that it comes from. */
function foldedWithPlaces(line: string): { letters: string; placeOf: (letter: number) => number } {
  const letters = folded(line);
  // The most usual case: nothing but the case is different.
  if (letters.length === line.length && line.normalize('NFKC') === line) {
    return { letters, placeOf: letter => letter };
  }
  const places: number[] = [];
  const parts: string[] = [];
  let place = 0;
  for (const character of line.match(CHARACTERS) ?? []) {
    const part = folded(character);
    parts.push(part);
    places.push(...Array.from({ length: part.length }, () => place));
    place += character.length;
  }
  return { letters: parts.join(''), placeOf: letter => places[letter] ?? line.length };
}

/** The hit `step` places after `current` in a circle; the last one if there is no current one. */
export function nextHit(hits: readonly number[], current: number | null, step: 1 | -1): number | null {
  if (hits.length === 0) {
    return null;
  }
  const position = current === null ? -1 : hits.indexOf(current);
  if (position < 0) {
    return hits.at(-1) ?? null;
  }
  return hits[(position + step + hits.length) % hits.length] ?? null;
}
