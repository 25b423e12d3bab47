import { cover, COVER_COLOURS, initials } from './cover';

describe('covers', () => {
  it('are the same for the same name, and hold nothing of it but its initials', () => {
    expect(cover('Quarterly sales').text).toBe(cover('Quarterly sales').text);
    expect(cover('Quarterly sales').text).not.toBe(cover('Tide tables').text);
    expect(cover('<script>alert(1)</script>').text).not.toContain('alert');
    const names = Array.from({ length: 500 }, (_, at) => `Dashboard ${at}`);
    const grounds = new Set(names.map(name => /fill="(#\w{6})"/.exec(cover(name).text)?.[1]));
    expect(grounds.size).toBe(COVER_COLOURS.length);
  });

  it.each([
    ['Quarterly sales', 'QS'],
    ['x'.repeat(200), 'X'],
    ['übersicht — Süd', 'ÜS'],
    ['e\u0301tude', 'E\u0301'],
    ['👩‍🔬 lab', '👩‍🔬L'],
    ['لوحة مبيعات', 'لم'],
    ['<>&"', ''],
    ['', '']
  ])('of %j bear %j', (name, expected) => expect(initials(name)).toBe(expected));

  it('can be read: white on each of their colours has a contrast of 4.5 at least', () => {
    expect(COVER_COLOURS.filter(([ground]) => contrast(ground, '#ffffff') < 4.5)).toEqual([]);
  });
});

/** As WCAG 2 has it. */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map(at => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map(part => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
