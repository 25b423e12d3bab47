import { html, type Html } from './html';

/** Ground and figure of a cover. White letters are readable on every ground (4.5 : 1 at least). */
export const COVER_COLOURS: readonly (readonly [ground: string, figure: string])[] = [
  ['#1f4e8c', '#3a76c4'],
  ['#0b5f65', '#1b8b91'],
  ['#5b3a8c', '#8261b8'],
  ['#8a2c52', '#b95580'],
  ['#7a3e12', '#ab6a38'],
  ['#2c5d2e', '#54894f'],
  ['#4a4f57', '#757c87'],
  ['#35438f', '#6373c2'],
  ['#6b2f6b', '#9a5a9a'],
  ['#125a7d', '#3486ad'],
  ['#635000', '#8f7726'],
  ['#8b2f2f', '#b85c58']
];

/** Figures, their distance, and where they begin, beside the letters. */
const COUNT = 22;
const STEP = 27;
const START = 130;

/** The same name has the same cover wherever it is shown. For eyes only: the name stands beside it. */
export function cover(name: string): Html {
  const hash = hashOf(name);
  const [ground, figure] = COVER_COLOURS[hash % COVER_COLOURS.length] ?? ['#4a4f57', '#757c87'];
  // Wider places show more of the figures, not larger ones.
  return html`<svg class="cover" viewBox="0 0 320 96" preserveAspectRatio="xMinYMid meet" aria-hidden="true">
    <rect width="${START + COUNT * STEP}" height="96" fill="${ground}" />
    <g fill="${figure}" fill-opacity=".55">${figures(hash >>> 8)}</g>
    <text x="20" y="66" fill="#fff" font-size="48" font-weight="600" font-family="system-ui, sans-serif">
      ${initials(name)}
    </text>
  </svg>`;
}

/** Bars, dots or hills. */
function figures(hash: number): Html[] {
  const heights = Array.from({ length: COUNT }, (_, at) => 14 + ((hash >>> ((at * 3) % 22)) & 7) * 9);
  switch (hash % 3) {
    case 0:
      return heights.map(
        (height, at) => html`<rect x="${START + at * STEP}" y="${96 - height}" width="16" height="${height}" rx="3" />`
      );
    case 1:
      return heights.map(
        (height, at) => html`<circle cx="${START + 8 + at * STEP}" cy="${96 - height}" r="${5 + (height % 7)}" />`
      );
    default: {
      const points = heights.map((height, at) => `${START + at * STEP},${96 - height}`).join(' ');
      return [html`<polygon points="${START - 20},96 ${points} ${START + COUNT * STEP},96" />`];
    }
  }
}

/** Up to two, as people see letters: of the first two words, or of the only one. */
export function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}\p{M}\p{Extended_Pictographic}\u200d]+/u).filter(Boolean);
  return words
    .slice(0, 2)
    .map(word => firstLetter(word).toLocaleUpperCase('en'))
    .join('');
}

/** Words that begin in plain ASCII need no segmenter, which takes 3 MB of memory in every runner. */
function firstLetter(word: string): string {
  return /^[\x20-\x7e](?:[\x20-\x7e]|$)/.test(word)
    ? word.charAt(0)
    : ([...new Intl.Segmenter().segment(word)][0]?.segment ?? '');
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash;
}
