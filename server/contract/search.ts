/** What a search for dashboards looks through: what it finds contains the wanted text, `folded` and trimmed. */
export function searchText(dashboard: { name: string; description: string; slug: string; owner: string }): string {
  const { name, description, slug, owner } = dashboard;
  return folded([name, slug, owner, description].join('\n'));
}

/** Upper and lower case, and different ways to write one character, are the same to a search. */
export function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
