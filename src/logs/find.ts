import type { LogLine } from '../../server/contract';

/** Sequence numbers of the lines that contain `text`, whatever the case. None for an empty text. */
export function findLines(blocks: readonly (readonly LogLine[])[], text: string): number[] {
  const wanted = text.toLowerCase();
  return wanted === ''
    ? []
    : blocks.flatMap(block => block.filter(line => line.text.toLowerCase().includes(wanted)).map(({ seq }) => seq));
}

/** A line cut into what is between hits and the hits themselves, in turns; the first part is never a hit. */
export function splitByHits(line: string, text: string): string[] {
  const wanted = text.toLowerCase();
  const lower = line.toLowerCase();
  if (wanted === '' || lower.length !== line.length) {
    return [line];
  }
  const parts: string[] = [];
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    parts.push(line.slice(from, at), line.slice(at, at + wanted.length));
    from = at + wanted.length;
  }
  return [...parts, line.slice(from)];
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
