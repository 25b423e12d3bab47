/** Text that is HTML already. */
export class Markup {
  constructor(readonly text: string) {}
}

type Part = string | number | Markup | null | readonly Markup[];

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Escapes `text` for content and quoted attributes. Control characters other than line ends and tabs are left out. */
export function escape(text: string): string {
  return text
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g, '')
    .replace(/[&<>"']/g, character => ENTITIES[character] as string);
}

/** HTML whose values are escaped, unless they are `Markup`. */
export function html(strings: TemplateStringsArray, ...values: Part[]): Markup {
  return new Markup(strings.reduce((text, part, at) => text + render(values[at - 1] ?? null) + part));
}

function render(value: Part): string {
  if (value === null) {
    return '';
  }
  if (value instanceof Markup) {
    return value.text;
  }
  return Array.isArray(value) ? value.map(render).join('') : escape(String(value));
}
