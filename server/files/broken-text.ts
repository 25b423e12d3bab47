const REPLACEMENT = '\uFFFD';

/** Whether what the file system has named was perhaps not UTF-8: Node shows what is none as U+FFFD, which is a character, too. */
export function mayBeBroken(text: string): boolean {
  return text.includes(REPLACEMENT);
}

/** The text of what the file system has named; null: it is not UTF-8, and no text leads to it. */
export function textOf(bytes: Buffer): string | null {
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : null;
}
