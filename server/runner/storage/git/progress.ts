/** What git's own progress means, in a few words; null for any other line. */
export function progressOf(line: string): string | null {
  const [, doing, percent, size] =
    /^(Receiving objects|Resolving deltas|Updating files): +(\d+)% \(\d+\/\d+\)(?:, ([\d.]+ [KMG]?i?B(?:ytes)?))?/.exec(
      line
    ) ?? [];
  switch (doing) {
    case 'Receiving objects':
      return `Fetched ${percent}%${size ? `, ${size}` : ''}`;
    case 'Resolving deltas':
      return `Unpacked ${percent}%`;
    case 'Updating files':
      return `Checked out ${percent}%`;
    default:
      return null;
  }
}

const EVERY_MS = 1_000;

/** Passes on what git's progress means, a line a second at the most. */
export function createProgress(tell: (line: string) => void): (line: string) => void {
  let told = performance.now();
  return line => {
    const progress = progressOf(line);
    if (progress !== null && performance.now() - told >= EVERY_MS) {
      told = performance.now();
      tell(progress);
    }
  };
}
