const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };

const BUTTON = /<(a|button)\b([^>]*)>([^]*?)<\/\1>/g;

/**
 * Buttons of a page of ours whose words run together: they lay out what is in them as parts of a row, which swallows the
 * spaces between a text and an element beside it.
 */
export function gluedButtons(page: string): string[] {
  return [...page.matchAll(BUTTON)]
    .filter(([, tag, attributes = '']) => tag === 'button' || /class="[^"]*\bbutton\b/.test(attributes))
    .map(([, , , content = '']) => content.trim())
    .filter(content => /^[^<]*\S[^<]*</.test(content) || /<\/\w+>[^<]*\S[^<]*$/.test(content));
}

/** What a person reads of a page of ours: its text without the head, with single spaces between words. */
export function readable(page: string): string {
  return page
    .replace(/<head>[^]*<\/head>/, '')
    .replace(/<\/?bdi>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(?:lt|gt|quot|#39|amp);/g, entity => ENTITIES[entity] ?? entity)
    .replace(/\s+/g, ' ');
}
