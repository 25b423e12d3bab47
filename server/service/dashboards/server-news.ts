/** What is heard of a dashboard's server, in the words of those who wait for it. */
export interface ServerNews {
  /** What happens, in one sentence. */
  sentence: string;
  /**
   * Why the start has failed or the server has ended, if nothing else comes after this. Null: that is no reason for
   * anything, and what was in the way before is over.
   */
  reason: Reason | null;
  /** It only follows from something else: the reason where none of that was heard. */
  follows?: boolean;
}

export interface Reason {
  message: string;
  /** What to do next. */
  fix: string;
  /** The original text. */
  detail: string;
}

/** What has been heard of one start: each sentence once, and what the last word is. */
export class StartStory {
  private readonly told = new Set<string>();
  private last: ServerNews | null = null;

  /** @returns false for what was said before */
  hear(news: ServerNews): boolean {
    // The first words are the most exact: what comes again says that it is tried again.
    const isKnown = this.last?.sentence === news.sentence || (news.follows && this.last?.reason);
    this.last = isKnown ? this.last : news;
    const isNew = !this.told.has(news.sentence);
    this.told.add(news.sentence);
    return isNew;
  }

  /** Why it has come to nothing, if that is known. */
  get reason(): Reason | null {
    return this.last?.reason ?? null;
  }
}

/** As lines of a log: what happens and what to do, and below it the original text. */
export function logLines({ sentence, reason }: ServerNews): string[] {
  return reason?.message === sentence ? [`${sentence} ${reason.fix}`, `    ${reason.detail}`] : [sentence];
}
